// The page for those who use no mouse, listen to it, or see it large: the keyboard alone from the start to an answer, what is
// spoken, and an audit of every screen in light and dark.
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from 'playwright/test'
import { openTinyModel, test } from './fixtures.ts'

const text = 'On the ninth day the cook found a brass key in the flour. '.repeat(20)

test.setTimeout(300_000)

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

/** No violation of what axe knows, in either colour scheme, and nothing to scroll sideways for at 320 pixels. */
async function audit(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).analyze()
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    )
    expect(found, `${screen}, ${colorScheme}`).toEqual([])
  }
  const viewport = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(beyond, `${screen}, pixels beyond the edge of a small screen`).toBeLessThanOrEqual(0)
  if (viewport !== null) await page.setViewportSize(viewport)
}

test('the keyboard alone leads from the start to an answer, and what matters is spoken', async ({
  page,
  host,
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
  await page.goto(host.page)
  await expect(page.getByTestId('setup')).toBeVisible()
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
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('input[name=model][value=folder]')).toBeChecked()
  await page.keyboard.press('ArrowLeft')
  await tabTo(page, '#model-url')
  await page.keyboard.insertText(host.tinyModel)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })

  await tabTo(page, '#settings > summary')
  await page.keyboard.press('Space')
  await tabTo(page, '#set-budget')
  await page.keyboard.press('Escape')
  await expect(page.locator('#settings > summary')).toBeFocused()
  await expect(page.getByTestId('set-budget')).toBeHidden()

  await tabTo(page, '#read', 'Shift+Tab')
  await page.keyboard.press('Space')
  await expect(page.locator('#session-name')).toBeFocused()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await tabTo(page, '#progress')
  await expect(page.getByTestId('progress')).toHaveAttribute('role', 'slider')
  await page.keyboard.press('End')
  await tabTo(page, '#question')
  await page.keyboard.insertText('What did the cook find?')
  await tabTo(page, '#ask')
  await page.keyboard.press('Space')
  await expect(page.getByTestId('stop')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('entry').locator('.timings')).toContainText('token', {
    timeout: 60_000,
  })
  await expect(page.getByTestId('question')).toBeFocused()
  await tabTo(page, '#pieces') // and on, out of the questions
  await tabTo(page, '#new-document', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('document-text')).toBeFocused()

  const { said, answer } = await page.evaluate(() => ({
    said: (window as unknown as { said: string[] }).said,
    answer: document.querySelector('.answer')?.textContent.trim() ?? '',
  }))
  expect(said.some((words) => /%\sread$/.test(words))).toBe(true)
  expect(said.length).toBeLessThan(20) // not a word for every token
  const spoken = said.filter((words) => !/%\s(read|loaded|downloaded)$/.test(words)).join(' ')
  const letters = (words: string) => words.replace(/[\s.]/g, '').toLowerCase()
  expect(letters(spoken)).toBe(letters(answer))
})

test('no screen has anything that the audit knows to be a hindrance, in light or dark', async ({
  page,
  host,
}) => {
  await page.goto(host.page)
  await expect(page.getByTestId('cost-total')).toContainText('B', { timeout: 30_000 })
  const offers = page.getByTestId('offers').getByRole('radio', { name: /SmolLM2-135M-Instruct/ })
  await expect(offers).toHaveAccessibleName(/MB to download.*Apache 2\.0/)
  await page.locator('#settings > summary').click()
  await audit(page, 'the start, settings open')
  await page.locator('input[name=model][value=folder]').check()
  await audit(page, 'files')
  const names = ['a rather long name of a text without any break.txt', 'b.txt', 'c.png']
  await page.getByTestId('document-pick').setInputFiles(
    names.map((name) => ({
      name,
      mimeType: 'text/plain',
      buffer: Buffer.from(text.slice(0, 80)),
    })),
  )
  await expect(page.getByTestId('document-list').locator('li')).toHaveCount(3)
  await audit(page, 'a list of files')
  await page.getByRole('button', { name: 'Remove all' }).click()
  await openTinyModel(page, host)
  await page.locator('#help-open').click()
  await audit(page, 'how it works')
  await page.keyboard.press('Escape')

  await page.getByTestId('document-text').fill(text.repeat(20))
  await page.getByTestId('read').click()
  await expect(page.getByTestId('reading-status')).toHaveText('Reading', { timeout: 60_000 })
  await audit(page, 'reading')
  await page.getByTestId('cancel').click()
  await expect(page.getByTestId('read')).toBeFocused({ timeout: 60_000 })
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  await page.getByTestId('question').fill('What did the cook find?', { timeout: 120_000 })
  await page.getByText('Answer settings').click()
  await page.getByTestId('max-tokens').fill('12')
  await page.getByTestId('ask').click()
  await expect(page.getByTestId('entry').locator('.timings')).toContainText('token', {
    timeout: 60_000,
  })
  await audit(page, 'an answer')

  await page.getByTestId('new-document').click()
  await page.locator('#settings > summary').click()
  await page.getByTestId('set-budget').fill('100000000')
  await page.getByTestId('read').click()
  await expect(page.getByTestId('problem')).toBeVisible({ timeout: 30_000 })
  await audit(page, 'a problem')
  await page.getByTestId('train-open').click()
  await audit(page, 'training')
})
