// A document is kept, the page is closed and opened again: it answers as before, without reading. It leaves as a file, and
// comes back from one.
import { expect, type Page } from 'playwright/test'
import { openTinyModel, test } from './fixtures.ts'
import { hindrances } from './hindrances.ts'

const text = 'The ferry leaves at noon, and nobody has ever seen it come back. '.repeat(12)

async function answer(page: Page): Promise<string> {
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 90_000 })
  if (await page.getByTestId('max-tokens').isHidden())
    await page.getByText('Answer settings').click()
  await page.getByTestId('max-tokens').fill('12')
  await page.getByTestId('question').fill('Where is the ferry?')
  await page.getByTestId('question').press('Enter')
  const entry = page.getByTestId('entry').first()
  await expect(entry.locator('.timings')).toContainText('token', { timeout: 60_000 })
  return entry.locator('.answer').innerText()
}

test('a kept document opens after a reload and answers as before; it leaves as a file and comes back', async ({
  page,
  host,
}, info) => {
  await openTinyModel(page, host)
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  const before = await answer(page)
  expect(before).not.toBe('')
  await expect(page.getByTestId('keep')).toContainText(/Keep for later \(.*B\)/)
  await page.getByTestId('keep').click()
  await expect(page.getByTestId('keep-status')).toContainText('Kept in this browser')

  await page.reload()
  const list = page.getByTestId('library-list')
  await expect(list.locator('li')).toHaveCount(1)
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    await list.scrollIntoViewIfNeeded()
    await info.attach(`${width}`, { body: await page.screenshot(), contentType: 'image/png' })
  }
  expect(await hindrances(page, '#setup')).toEqual([])
  await list.getByRole('button', { name: /^Open: / }).press('Enter')
  await expect(page.getByTestId('reading-status')).toContainText('Opened', { timeout: 60_000 })
  expect(await answer(page)).toBe(before)

  await page.getByTestId('new-document').click()
  const leaving = page.waitForEvent('download')
  await list.getByRole('button', { name: /^Export: / }).click()
  const file = await leaving
  expect(file.suggestedFilename()).toMatch(/\.longtab$/)
  await list.getByRole('button', { name: /^Delete: / }).click()
  await list.getByRole('button', { name: /^Delete for good: / }).click()
  await expect(list).toBeHidden()
  await page.getByTestId('library-pick').setInputFiles(await file.path())
  await expect(page.getByTestId('reading-status')).toContainText('Opened', { timeout: 60_000 })
  expect(await answer(page)).toBe(before)
})
