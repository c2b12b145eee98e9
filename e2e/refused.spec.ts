// What the page cannot do is refused in one sentence that says why and what to do: before the download where it can be known.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, expect, type Page } from 'playwright/test'
import { softwareGpu } from '../cli/browser/chromium.ts'
import { headsFile } from '../reference/model_files.ts'
import { randomModel, type RandomShape } from '../reference/random_model.ts'
import { openTinyModel, test, tinyShape } from './fixtures.ts'
import { hubWith, look, readText, routeHub, text, weightsAsked } from './imitated_hub.ts'

test.setTimeout(240_000)

test('a model larger than the GPU holds is refused with both numbers, and nothing of it is downloaded', async ({
  page,
  host,
  tinyFolder,
}) => {
  const hub = await hubWith(tinyFolder)
  await routeHub(page, hub)
  await look(page, host, 'ann/tiny')
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  await page.locator('#settings > summary').click()
  await page.getByTestId('set-budget').fill('100000000')
  const numbers = /needs [\d,]+ MB in one buffer but this device allows [\d,]+ MB/
  await expect(page.locator('#cost-complaint')).toContainText(numbers)
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  await expect(page.getByTestId('problem-message')).toContainText(numbers, { timeout: 60_000 })
  expect(weightsAsked(hub)).toEqual([])
  await hub.close()
})

test('heads of another model are refused by a sentence, by their shape at once and by their model before reading', async ({
  page,
  host,
  scratch,
}) => {
  await openTinyModel(page, host)
  await page.locator('#settings > summary').click()
  const pick = async (shape: RandomShape, metadata: Record<string, string>) => {
    const path = join(await mkdtemp(join(scratch, 'heads-')), 'theirs.safetensors')
    const heads = headsFile(randomModel(shape, 2), 'F32', metadata)
    await writeFile(path, Buffer.from(await heads.arrayBuffer()))
    await page.getByTestId('heads-pick').setInputFiles(path)
  }
  const message = page.getByTestId('problem-message')
  await pick({ ...tinyShape, hidden: 48, heads: 4, kvHeads: 2 }, {})
  await expect(message).toContainText('theirs.safetensors')
  await expect(message).toContainText(/expected/)

  await pick(tinyShape, { model: `final-norm-sha256:${'0'.repeat(64)}` })
  await expect(page.getByTestId('problem')).toBeHidden()
  await page.getByTestId('document-text').fill(text)
  await page.getByTestId('read').click()
  await expect(message).toContainText(
    /^theirs\.safetensors was trained for a model whose final norm hashes to 0+… and this model's hashes to/,
    { timeout: 60_000 },
  )
})

test('a question longer than the room behind the document is answered and said to have lost parts', async ({
  page,
  host,
}) => {
  await openTinyModel(page, host)
  await page.locator('#settings > summary').click()
  await page.getByTestId('set-chunk').fill('64')
  await page.getByTestId('set-budget').fill('64')
  await readText(page)
  await page.getByText('Answer settings').click()
  await page.getByTestId('max-tokens').fill('4')
  await page.getByTestId('question').fill(text.slice(0, 400)) // a token a byte
  await page.getByTestId('ask').click()
  await expect(page.getByTestId('entry').locator('.timings')).toContainText(
    /question and answer were [\d,]+ tokens longer than the room behind the document, so parts of them were lost/,
    { timeout: 120_000 },
  )
})

/** A page that may keep so many bytes, in a profile on the disk: a private window has no quota to set. */
async function openWithQuota(scratch: string, origin: string, quotaSize: number): Promise<Page> {
  const folder = await mkdtemp(join(scratch, 'profile-'))
  const profile = await chromium.launchPersistentContext(folder, softwareGpu())
  const page = await profile.newPage()
  const devtools = await profile.newCDPSession(page)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize })
  return page
}

test('a document needs no room on the disk: one larger than all that the page may keep is read', async ({
  host,
  scratch,
  tinyFolder,
}) => {
  const page = await openWithQuota(scratch, new URL(host.page).origin, 500)
  await page.goto(host.page)
  await page.locator('input[name=model][value=folder]').check()
  await page.getByTestId('model-folder').setInputFiles(tinyFolder)
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
  expect(text.length).toBeGreaterThan(500)
  await readText(page)
  await expect(page.getByTestId('problem')).toBeHidden()
  await page.context().close()
})
