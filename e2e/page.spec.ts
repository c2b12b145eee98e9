// The page as a newcomer uses it: a model by address, a pasted text, questions, a cancelled read, a lost GPU, a wrong file.
import { expect, type Page } from 'playwright/test'
import { openTinyModel, test, tinyMerged, type Host } from './fixtures.ts'
import { watchPageThread } from './page_thread.ts'

const text = 'On the ninth day the cook found a brass key in the flour. '.repeat(60)

test.setTimeout(240_000)

/** Opens the page with the tiny model, its cost known. */
async function open(page: Page, host: Host): Promise<void> {
  await openTinyModel(page, host)
  await expect(page.getByTestId('cost-total')).toContainText('B')
}

async function read(page: Page, document: string): Promise<void> {
  await page.getByTestId('document-text').fill(document)
  await page.getByTestId('read').click()
}

test('a pasted text is read and asked about twice, in flat memory', async ({
  page,
  host,
}, info) => {
  await open(page, host)
  const pageTasks = await watchPageThread(page)
  await read(page, text)
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  const tasks = await pageTasks()
  const longest = `${tasks.length} tasks on the page's thread while reading, the longest ${tasks[0]?.toFixed(1)} ms of CPU time`
  info.annotations.push({ type: 'measured', description: longest })
  console.log(longest)
  expect(tasks.length).toBeGreaterThan(10)
  expect(tasks[0]).toBeLessThan(50)
  const bytes = await page.getByTestId('gpu-bytes').textContent()
  await expect(page.getByTestId('reading-status')).toContainText(/did not grow/i)
  await expect(page.getByTestId('kept-note')).toContainText('%')
  await page.getByText('Answer settings').click()
  await page.getByTestId('max-tokens').fill('12')
  for (const question of ['What did the cook find?', 'On which day?']) {
    await page.getByTestId('question').fill(question)
    await page.getByTestId('ask').click()
    const entry = page.getByTestId('entry').filter({ hasText: question })
    await expect(entry.locator('.timings')).toContainText('tokens', { timeout: 60_000 })
  }
  const second = page.getByTestId('entry').nth(1)
  await expect(second.locator('.timings')).toContainText('after 1 earlier question')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await second.getByRole('button', { name: 'Copy' }).click()
  await expect(second.getByRole('button', { name: 'Copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^\*\*On which day\?\*\*/,
  )
  await second.getByRole('button', { name: 'Edit' }).click()
  await expect(page.getByTestId('question')).toHaveValue('On which day?')
  await second.getByRole('button', { name: 'Ask again' }).click()
  const again = page.getByTestId('entry').nth(2)
  await expect(again.locator('.timings')).toContainText('after 1 earlier', { timeout: 60_000 })
  const said = (await second.locator('.answer').textContent()) ?? ''
  await expect(again.locator('.answer')).toHaveText(said)
  expect(await page.getByTestId('gpu-bytes').textContent()).toBe(bytes)
  await info.attach('after reading', { body: await page.screenshot(), contentType: 'image/png' })
})

test('merging is chosen once there is a compressor, its cost said before', async ({
  page,
  host,
  tinyCompressorFile,
}) => {
  await open(page, host)
  await page.locator('#settings > summary').click()
  const policy = page.getByTestId('set-policy')
  const note = page.getByTestId('policy-note')
  const compressor = page.getByTestId('compressor-note')
  const keptShare = page.getByTestId('set-kept-share')
  const merging = ['lococo', 'locret+lococo'].map((name) =>
    policy.locator(`option[value="${name}"]`),
  )
  for (const option of merging) await expect(option).toBeDisabled()
  await expect(note).toContainText('Merging needs a compressor')

  await page.getByTestId('compressor-pick').setInputFiles(tinyCompressorFile)
  await expect(compressor).toContainText(`${tinyMerged} merged slots`)
  await page.locator('#compressor-remove').click()
  for (const option of merging) await expect(option).toBeDisabled()

  await page.getByTestId('compressor-address').fill(host.tinyCompressor)
  await page.getByTestId('compressor-address').press('Enter')
  await expect(compressor).toContainText(`${tinyMerged} merged slots`)
  for (const option of merging) await expect(option).toBeEnabled()
  await expect(note).toContainText(
    /Merging costs .+\smultiply-adds a token, .+\stimes the model’s own/,
  )
  await expect(keptShare).toBeHidden()

  await policy.selectOption('lococo')
  await page.getByTestId('set-chunk').fill('64')
  await page.getByTestId('set-budget').fill(String(tinyMerged))
  const complaint = page.locator('#settings-complaint')
  await expect(complaint).toContainText(`${tinyMerged} slots and the budget is ${tinyMerged}`)
  await page.getByTestId('set-budget').fill('64')
  await expect(complaint).toBeEmpty()
  await expect(keptShare).toHaveValue('0.75')
  await expect(page.getByTestId('set-burst')).toHaveValue('16')
  await keptShare.fill('0.5')
  await expect(complaint).toContainText(`(${tinyMerged}, 16, 3), expected (32, 16, 3)`)
  await keptShare.fill('')

  await read(page, text.slice(0, 1500))
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByTestId('reading-status')).toContainText(/did not grow/i)
  await page.getByTestId('question').fill('What did the cook find?')
  await page.getByTestId('ask').click()
  await expect(page.getByTestId('entry').locator('.timings')).toContainText('tokens', {
    timeout: 60_000,
  })
})

test('a read can be cancelled and started again', async ({ page, host }) => {
  await open(page, host)
  await read(page, text.repeat(6))
  await expect(page.getByTestId('cancel')).toBeVisible()
  await page.getByTestId('cancel').click()
  await expect(page.getByTestId('document-text')).toBeVisible({ timeout: 30_000 })
  await read(page, text.slice(0, 800))
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
})

test('what cannot be read is said in words, and the page goes on', async ({ page, host }) => {
  await open(page, host)
  await page.getByTestId('document-pick').setInputFiles({
    name: 'photo.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from([0, 1, 2, 3, 0, 255, 254, 0, 9, 9]),
  })
  await expect(page.getByText(/binary/i).first()).toBeVisible({ timeout: 120_000 })
})
