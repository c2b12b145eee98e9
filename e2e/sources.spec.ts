// Where the document says it: an answer's sources name the page and lead to the marked text, and what the document does not speak
// of is said. The document is a PDF. The model is the one that is shipped, here without its card, so that it reads and answers
// as any other does.
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { dist, root } from '../cli/build/paths.ts'
import { serve } from '../cli/site/serve.ts'
import { sampleDocument } from '../src/tasks/sample.ts'
import { pdfFile, type Drawn } from '../src/documents/pdf/pdf.fixture.ts'
import { drop } from './dropped.ts'
import { hindrances } from './hindrances.ts'
import { test } from './fixtures.ts'

const { text, questions } = sampleDocument(700)
const [early] = questions

test.setTimeout(300_000)

const linesOfPage = 15

/** The text as a book is printed: lines of 80 characters, paragraphs apart, a running title and a number on every page. */
function printed(text: string): Drawn[][] {
  const lines = text.split('\n\n').flatMap((paragraph) => {
    const words = paragraph.replaceAll('\n', ' ').match(/.{1,80}(?= |$)/g) ?? []
    return words.map((line, i) => ({ line: line.trim(), begins: i === 0 }))
  })
  const pages: Drawn[][] = []
  for (let at = 0; at < lines.length; at += linesOfPage) {
    const page: Drawn[] = [
      { text: 'A ship at sea', x: 250, y: 775 },
      { text: `- ${pages.length + 1} -`, x: 290, y: 20 },
    ]
    let y = 700
    for (const { line, begins } of lines.slice(at, at + linesOfPage)) {
      if (begins) y -= 14
      page.push({ text: line, x: 50, y })
      y -= 14
    }
    pages.push(page)
  }
  return pages
}

async function ask(page: Page, question: string): Promise<void> {
  await page.getByTestId('question').fill(question)
  await page.getByTestId('question').press('Enter')
}

test('a source leads to the marked text; what is not there is said, and answered only when asked for', async ({
  page,
  scratch,
}, info) => {
  const folder = join(scratch, 'plain')
  await cp(join(root, 'public/models/default'), folder, { recursive: true })
  await rm(join(folder, 'model_card.json'))
  const site = await serve({ '/': dist, '/models/plain/': folder })
  await page.goto(site.url)
  await page.locator('input[name=model][value=url]').check()
  await page.getByTestId('model-url').fill(`${site.url}models/plain/`)
  await page.getByTestId('model-url').press('Enter')
  await page.locator('#settings > summary').click()
  await page.getByTestId('set-budget').fill('300')
  await page.getByTestId('set-chunk').fill('300')
  await expect(page.getByTestId('set-recall')).toHaveValue('passages')
  const pages = printed(text)
  const pdf = Buffer.from(await pdfFile({ pages, title: 'The log' }).arrayBuffer())
  await drop(page, [{ name: 'log.pdf', content: pdf }])
  const chosen = page.getByTestId('document-chosen')
  await expect(chosen).toContainText(/log\.pdf\s*PDF · 3 pages · [\d.]+.kB of text/, {
    timeout: 60_000,
  })
  await expect(chosen).toContainText(
    'top or bottom of pages were left out: “a ship at sea”, “- # -”',
  )
  await expect(page.getByTestId('set-budget')).toHaveValue('300')
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 240_000 })
  await expect(page.getByTestId('reading-status')).toContainText('outside the GPU')

  await page.getByText('Answer settings').click()
  await page.getByTestId('max-tokens').fill('24')
  const { question = '', answer = '' } = early ?? {}
  await ask(page, question)
  const entry = page.getByTestId('entry').first()
  await expect(entry.locator('.timings')).toContainText('read again', { timeout: 120_000 })
  await expect(entry.locator('.answer')).toContainText(answer)
  const source = entry.getByRole('button', { name: /^Source 1, pages? \d/ })
  const [, named] = /pages? (\d+)/.exec((await source.textContent()) ?? '') ?? []
  await source.focus()
  await page.keyboard.press('Enter')
  const mark = page.locator('#pieces mark').first()
  await expect(mark).toBeFocused()
  await expect(mark).toBeInViewport()
  expect((await page.locator('#pieces mark').allTextContents()).join('')).toContain(answer)
  const onPages = pages.slice(Number(named) - 1, Number(named) + 1).flat()
  expect(onPages.map((line) => line.text).join(' ')).toContain(answer)
  const section = page.locator('.piece', { has: page.locator('mark') }).first()
  await expect(section.locator('h3')).toContainText(/· page \d/)
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    await source.click()
    await expect(mark).toBeInViewport()
    await info.attach(`${width}`, { body: await page.screenshot(), contentType: 'image/png' })
  }
  expect(await hindrances(page)).toEqual([])

  await ask(page, 'What did Quetzalcoatl tell Xanthippe about the volcano?')
  const absent = page.getByTestId('entry').nth(1)
  await expect(absent.locator('.answer')).toContainText('does not speak of this')
  await absent.getByRole('button', { name: 'Answer anyway' }).click()
  await expect(page.getByTestId('entry').nth(2).locator('.timings')).toContainText('token', {
    timeout: 120_000,
  })

  await page.getByTestId('question').fill('List every code.')
  await page.getByTestId('ask-whole').click()
  const survey = page.getByTestId('survey')
  await expect(survey).toContainText(/reads the whole document again in \d pieces and asks each/)
  await expect(survey, 'both speeds were measured').toContainText(/It takes .+ at most/)
  expect(await hindrances(page)).toEqual([])
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    await info.attach(`survey ${width}`, {
      body: await page.screenshot(),
      contentType: 'image/png',
    })
  }
  await page.keyboard.press('Enter') // on Start
  await expect(page.getByTestId('stop')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(survey).toContainText('Stopped', { timeout: 60_000 })
  await site.close()
})
