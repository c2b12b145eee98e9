// The page for those who use no mouse, listen to it, or bear no motion: the keyboard alone from the start to the source of an
// answer, what is spoken, and that nothing moves. The engine is pretended; pictures.spec.ts audits every state.
import { expect, type Page } from 'playwright/test'
import { goOn, pretendEngine, pretendGpu, test } from './pretended/fixtures.ts'

const fact = 'On the ninth day the cook found a brass key in the flour.'
const text = `${'The night passed quietly. '.repeat(400)}${fact} ${'The sea was calm. '.repeat(400)}`
const question = 'Where was the brass key of the cook found?'

/** Presses a key until the element has the focus; throws where it never comes, or where the focus is not to be seen. */
async function tabTo(
  page: Page,
  selector: string,
  key: 'Tab' | 'Shift+Tab' = 'Tab',
): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press(key)
    const [reached, seen, what] = await page.evaluate((selector) => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return [false, false, 'nothing'] as const
      // the ring is around the element, or around what stands for it
      const rings = [element, element.nextElementSibling, element.closest('label')]
      const seen = rings.some((each) => each && getComputedStyle(each).outlineStyle !== 'none')
      return [element.matches(selector), seen, element.outerHTML.slice(0, 120)] as const
    }, selector)
    expect(seen, `a focus ring at ${what}`).toBe(true)
    if (reached) return
  }
  throw new Error(`${selector} is not reached by ${key}`)
}

test('the keyboard alone leads from the start to the source of an answer, and what matters is spoken', async ({
  page,
  host,
  engineScript,
}) => {
  await page.addInitScript(() => {
    const said: string[] = ((window as unknown as { said: string[] }).said = [])
    addEventListener('DOMContentLoaded', () => {
      const region = document.querySelector('#spoken')
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
          for (const node of addedNodes) said.push(node.textContent ?? '')
      }).observe(region!, { childList: true })
    })
  })
  await pretendGpu(page)
  await pretendEngine(page, engineScript, ['answer'])
  await page.goto(host.page)
  await expect(page.getByTestId('cost-total')).toContainText('B')
  await tabTo(page, '.skip')
  await tabTo(page, '#help-open')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('help')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('help')).toBeHidden()
  await expect(page.locator('#help-open')).toBeFocused()

  await tabTo(page, '#document-text')
  await page.keyboard.insertText(text)
  await tabTo(page, 'input[name=model]')
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('input[name=model][value=url]')).toBeFocused() // the arrows go on to the next choice
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByTestId('cost-total')).toContainText('B')
  await tabTo(page, '#settings > summary')
  await page.keyboard.press('Space')
  await tabTo(page, '#set-budget')
  await page.keyboard.press('Escape')
  await expect(page.locator('#settings > summary')).toBeFocused()
  await expect(page.getByTestId('set-budget')).toBeHidden()

  await tabTo(page, '#read', 'Shift+Tab')
  await page.keyboard.press('Space')
  const name = page.locator('#session-name')
  await expect(name).toBeFocused()
  await expect(name).toHaveText('The night passed quietly. The night…')
  await expect(page.getByTestId('question')).toBeVisible()
  await tabTo(page, '#progress')
  await expect(page.getByTestId('progress')).toHaveAttribute('role', 'slider')
  await page.keyboard.press('End')
  await tabTo(page, '#pieces')
  await tabTo(page, '#question')
  await page.keyboard.insertText(question)
  await tabTo(page, '#ask')
  await page.keyboard.press('Space')
  await expect(page.getByTestId('stop')).toBeFocused()
  await goOn(page, 'answer')
  await expect(page.getByTestId('entry').locator('.timings')).toContainText('token')
  await expect(page.getByTestId('question')).toBeFocused()

  await tabTo(page, 'button.source', 'Shift+Tab')
  await page.keyboard.press('Enter')
  const mark = page.locator('#pieces mark').first()
  await expect(mark).toBeFocused()
  await expect(mark).toBeInViewport()
  await expect(page.getByTestId('question')).toBeInViewport()
  const scrolled = await page.evaluate(() =>
    ['html', '#shelf', '#reader', '#asking'].map((one) => document.querySelector(one)?.scrollTop),
  )
  expect(scrolled).toEqual([0, 0, 0, 0]) // the text has moved in its own box
  await tabTo(page, '#new-document', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(
    page.locator('#document-text, #document-remove').locator('visible=true'),
  ).toBeFocused()

  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said)
  expect(said.filter((words) => /%\sread$/.test(words))).not.toEqual([])
  expect(said.filter((words) => !/%\s(read|loaded|downloaded)$/.test(words))).toEqual([
    fact,
    'One source in the document.',
  ])
})

test('nothing moves for those who ask for less motion', async ({ page, host, engineScript }) => {
  await pretendGpu(page)
  await pretendEngine(page, engineScript, ['answer'])
  await page.goto(host.page)
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  await page.getByTestId('question').fill('Is it there, if anywhere?') // the answer is still to begin
  await page.getByTestId('ask').click()
  await expect(page.locator('.answer.waiting')).toBeVisible()
  const moving = () =>
    page.evaluate(() => {
      const smooth = [...document.querySelectorAll('*')].filter(
        (element) => getComputedStyle(element).scrollBehavior === 'smooth',
      )
      return { animations: document.getAnimations().length, smooth: smooth.length }
    })
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  expect(await moving()).toEqual({ animations: 1, smooth: 1 })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  expect(await moving()).toEqual({ animations: 0, smooth: 0 })
})
