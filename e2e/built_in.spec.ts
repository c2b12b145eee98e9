// First use: the page alone, no network beyond its own host. The built-in model reads the sample log and answers what the page
// offers to ask of it.
import { expect } from 'playwright/test'
import { test } from './fixtures.ts'

/** One of the questions that the page offers. */
const question = 'What is the access code of the narrow flute?'
const answer = '584609'

test.setTimeout(480_000)

test('a question about the sample log is answered right, of more than 2,048 tokens, from the page alone', async ({
  page,
  host,
}, info) => {
  const outside: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(new URL('/', host.page).href) && !/^(blob|data):/.test(url))
      outside.push(url)
  })
  await page.goto(host.page)
  await page.getByTestId('try-sample').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 360_000 })
  const read = (await page.getByTestId('tokens-read').textContent()) ?? ''
  expect(Number(/^[\d,]+/.exec(read)?.[0].replaceAll(',', ''))).toBeGreaterThan(2048)
  await page.getByTestId('question').fill(question)
  await page.getByTestId('ask').click()
  const entry = page.getByTestId('entry')
  await expect(entry.locator('.timings')).toContainText('tokens', { timeout: 60_000 })
  const said = (await entry.locator('.answer').textContent()) ?? ''
  info.annotations.push({ type: 'answer', description: said })
  expect(said).toContain(answer)
  expect(outside).toEqual([])
})
