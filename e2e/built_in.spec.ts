// First use: the page alone, no network beyond its own host. The built-in model reads a text with a pass key in it and
// finds the key again.
import { expect } from 'playwright/test'
import { test } from './fixtures.ts'

// InfiniteBench's filler and wording, which the built-in model answers reliably
const filler =
  'The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again. '
const text = `${filler.repeat(8)}The pass key is 48213. Remember it. 48213 is the pass key. ${filler.repeat(8)}`

test.setTimeout(480_000)

test('the built-in model finds a pass key, from the page alone', async ({ page, host }, info) => {
  const outside: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(new URL('/', host.page).href) && !/^(blob|data):/.test(url))
      outside.push(url)
  })
  await page.goto(host.page)
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await page.getByTestId('question').fill('What is the pass key?')
  await page.getByTestId('ask').click()
  const entry = page.getByTestId('entry').first()
  await expect(entry.locator('.timings')).toContainText('tokens', { timeout: 60_000 })
  const answer = (await entry.locator('.answer').textContent()) ?? ''
  info.annotations.push({ type: 'answer', description: answer })
  expect(answer).toContain('48213')
  expect(outside).toEqual([])
})

test('a question about the sample log is answered right, of more than 4,096 tokens', async ({
  page,
  host,
}) => {
  // one of the questions that the page offers for it
  const [question, answer] = ['What is the access code of the narrow flute?', '584609']
  await page.goto(host.page)
  await page.getByTestId('try-sample').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 360_000 })
  const read = (await page.getByTestId('tokens-read').textContent()) ?? ''
  expect(Number(/^[\d,]+/.exec(read)?.[0].replaceAll(',', ''))).toBeGreaterThan(4096)
  await page.getByTestId('question').fill(question)
  await page.getByTestId('ask').click()
  const entry = page.getByTestId('entry').first()
  await expect(entry.locator('.timings')).toContainText('tokens', { timeout: 60_000 })
  expect(await entry.locator('.answer').textContent()).toContain(answer)
})
