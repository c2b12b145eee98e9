// A tab that is killed while it reads: the next one reads on from the last checkpoint, however often that happens, and ends
// with the bytes of a reading that nothing disturbed.
import { expect, type BrowserContext, type Page } from 'playwright/test'
import { seeded } from '../src/random.ts'
import { drop } from './dropped.ts'
import type { Host } from './fixtures.ts'
import { goOn, pretendEngine, pretendGpu, test } from './pretended/fixtures.ts'

/** Tabs that are killed; LONGTAB_KILLS=50 by hand. */
const kills = Number(process.env['LONGTAB_KILLS'] ?? 2)
const text = 'The ferry leaves at noon, and nobody has ever seen it come back. '.repeat(40)

test.setTimeout(120_000 + kills * 30_000)

/** What a page of the test does. It is sent there as text. */
async function readOn({
  module,
  model: source,
  text,
}: {
  module: string
  model: string
  text: string
}) {
  const { load, digest, describeSaved } = (await import(module)) as typeof import('../src/index.ts')
  const folder = await navigator.storage.getDirectory()
  const model = await load(source, { budget: 128, chunk: 64, tail: 64 })
  const keep = async (checkpoint: Blob) => {
    const file = await folder.getFileHandle('ferry', { create: true })
    await checkpoint.stream().pipeTo(await file.createWritable())
  }
  const checkpoints = { everyMs: 0, keep }
  const kept = await folder.getFileHandle('ferry').catch(() => undefined)
  const file = await kept?.getFile()
  const isKept = file !== undefined && file.size > 0 // a file that was never closed is empty
  const begun = isKept ? (await describeSaved(file)).tokens : 0
  const document = isKept
    ? await model.open(file, { checkpoints })
    : await model.read(text, { checkpoints })
  const { ids } = await document.ask('Where is the ferry?', { maxTokens: 24 }).summary
  const saved = await document.save({ title: 'Ferry' })
  // all but the header, which says when the document was saved and how long reading took
  const header = new DataView(await saved.slice(0, 8).arrayBuffer()).getBigUint64(0, true)
  return {
    begun,
    tokens: document.tokens,
    ids,
    digest: await digest(saved.slice(8 + Number(header))),
  }
}

/** Whether a checkpoint is there; sent to a page too. */
async function isKept(): Promise<boolean> {
  const folder = await navigator.storage.getDirectory()
  const kept = await folder.getFileHandle('ferry').catch(() => undefined)
  return kept !== undefined && (await kept.getFile()).size > 0
}

const openTab = async (context: BrowserContext, host: Host): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(host.page)
  return page
}

test('a reading goes on in the next tab, and ends as if nothing had happened', async ({
  browser,
  host,
}, info) => {
  const given = { module: host.module, model: host.tinyModel, text }
  const calm = await browser.newContext()
  const began = Date.now()
  const undisturbed = await (await openTab(calm, host)).evaluate(readOn, given)
  const took = Date.now() - began
  await calm.close()

  const context = await browser.newContext()
  const watching = await openTab(context, host)
  const random = seeded(7)
  for (let killed = 0; killed < kills; killed++) {
    const tab = await openTab(context, host)
    const reading = tab.evaluate(readOn, given).catch(() => undefined)
    await expect.poll(() => watching.evaluate(isKept), { timeout: 60_000 }).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 0.4 * took * random()))
    const client = await context.newCDPSession(tab)
    const crashed = tab.waitForEvent('crash')
    client.send('Page.crash').catch(() => undefined)
    await crashed
    await reading
    await tab.close()
  }
  const last = await (await openTab(context, host)).evaluate(readOn, given)
  expect(last.begun, 'tokens that were read before').toBeGreaterThan(0)
  expect({ ...last, begun: 0 }).toEqual({ ...undisturbed, begun: 0 })
  info.annotations.push({ type: 'tokens of the last checkpoint', description: `${last.begun}` })
  await context.close()
})

test('the page keeps what is read on its shelf, and reads on from there', async ({
  page,
  host,
  engineScript,
}) => {
  await pretendGpu(page)
  await pretendEngine(page, engineScript, ['read'])
  await page.goto(host.page)
  await drop(page, [{ name: 'ferry.txt', content: text }])
  await page.getByTestId('read').click()
  const kept = page.getByTestId('library-list').getByRole('listitem')
  await expect(kept).toContainText('60 % read')
  await page.reload()
  await page.locator('#library').evaluate((fold: HTMLDetailsElement) => (fold.open = true))
  await kept.getByRole('button', { name: 'Read on: ferry.txt' }).click()
  await expect(page.getByTestId('reading-status')).toHaveText('Reading')
  await goOn(page, 'read')
  await expect(page.getByTestId('question')).toBeVisible()
  await expect(page.getByTestId('keep-status')).toContainText('Kept in this browser')
  await page.getByTestId('new-document').click()
  await expect(kept, 'the whole document took the place of what was read of it').toHaveCount(1)
  await expect(kept.getByRole('button', { name: 'Open: ferry.txt' })).toBeVisible()
})
