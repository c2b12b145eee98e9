// First use: the page alone, no network beyond its own host. The built-in model answers a question from the sample right
// after reading it.
import { expect } from 'playwright/test'
import { test } from './fixtures.ts'

test.setTimeout(400_000)

test('the built-in model reads the sample and answers, from the page alone', async ({
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
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 300_000 })
  await page.getByTestId('suggestions').locator('.chip').first().click()
  const entry = page.getByTestId('entry').first()
  await expect(entry.locator('.timings')).toContainText('tokens', { timeout: 90_000 })
  const answer = (await entry.locator('.answer').textContent()) ?? ''
  info.annotations.push({ type: 'answer', description: answer })
  expect(answer.trim()).not.toBe('')
  expect(outside).toEqual([])
})
