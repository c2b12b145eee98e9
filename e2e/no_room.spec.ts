// Where there is no room for a model, in what the browser lets a page keep or on the GPU: said before the download where it
// can be known, in words where it cannot, and nothing is lost.
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, expect, type Page } from 'playwright/test'
import { softwareGpu } from '../cli/browser/chromium.ts'
import { dist } from '../cli/build/paths.ts'
import { hubModel } from '../cli/models/hub_model.ts'
import { bringFromHub } from '../cli/models/hub_tab.ts'
import { blankPage, serve } from '../cli/site/serve.ts'
import type { HubServer } from '../src/files/store/hub.fixture.ts'
import { test, tinyShape, writeModel, type Host } from './fixtures.ts'
import { hubWith, look, routeHub, weightsAsked } from './imitated_hub.ts'

test.setTimeout(240_000)

/** A page that looks at a model of 7 MB, in a browser with a profile on the disk: a private window has no quota to set. */
async function openWithQuota(
  host: Host,
  scratch: string,
  flags: readonly string[],
): Promise<{
  page: Page
  hub: HubServer
  /** What the page may keep, in bytes; undefined takes the limit away. */
  allow: (bytes: number | undefined) => Promise<void>
  close: () => Promise<void>
}> {
  const folder = join(scratch, 'some megabytes')
  await writeModel(folder, { ...tinyShape, hidden: 256, feedForward: 1024, layers: 4 }, 1)
  const hub = await hubWith(folder)
  const { args, ...launch } = softwareGpu()
  const profile = await chromium.launchPersistentContext(await mkdtemp(join(scratch, 'profile-')), {
    ...launch,
    args: [...args, ...flags],
  })
  const page = await profile.newPage()
  await routeHub(page, hub)
  const devtools = await profile.newCDPSession(page)
  const { origin } = new URL(host.page)
  const allow = async (quotaSize: number | undefined) => {
    const limit = quotaSize === undefined ? {} : { quotaSize }
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, ...limit })
  }
  await allow(3_000_000)
  await look(page, host, 'ann/tiny')
  await expect(page.getByTestId('model-about')).toContainText('4 layers', { timeout: 30_000 })
  await page.getByTestId('document-text').fill('The ferry leaves at noon.')
  await page.getByTestId('read').click()
  const close = async () => {
    await profile.close()
    await hub.close()
  }
  return { page, hub, allow, close }
}

test('a model that the browser says it has no room for is refused before its first byte', async ({
  host,
  scratch,
}) => {
  const truthful = '--disable-features=StaticStorageQuota'
  const { page, hub, close } = await openWithQuota(host, scratch, [truthful])
  await expect(page.getByTestId('problem-message')).toHaveText(
    /^Keeping ann\/tiny needs 7 MB more and this browser allows this page another 3 MB \(\d MB are in use\); delete stored models, free disk space, or load it without keeping it\.$/,
    { timeout: 60_000 },
  )
  expect(weightsAsked(hub)).toEqual([])
  await close()
})

test('a browser that promises room and has none stops the download, which goes on once there is', async ({
  host,
  scratch,
}) => {
  const { page, hub, allow, close } = await openWithQuota(host, scratch, [])
  await expect(page.getByTestId('problem-message')).toHaveText(
    /^This browser has no room for another [\d,]+ bytes; .*the download goes on where it stopped\.$/,
    { timeout: 60_000 },
  )
  expect(weightsAsked(hub)).not.toEqual([])
  await allow(undefined)
  await page.getByRole('button', { name: 'Load again' }).click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await close()
})

/** Before the page is opened: its GPU refuses what goes beyond so many bytes in all, as a device does. */
async function limitGpu(page: Page, bytes: number): Promise<void> {
  await page.addInitScript(`{
    const { createBuffer, popErrorScope } = GPUDevice.prototype
    const { destroy } = GPUBuffer.prototype
    let [live, refused] = [0, false]
    GPUDevice.prototype.createBuffer = function (descriptor) {
      live += descriptor.size
      refused ||= live > ${bytes}
      return createBuffer.call(this, descriptor)
    }
    GPUBuffer.prototype.destroy = function () {
      live -= this.size
      destroy.call(this)
    }
    GPUDevice.prototype.popErrorScope = async function () {
      const error = await popErrorScope.call(this)
      const found = refused ? new GPUOutOfMemoryError('imitated') : error
      refused = false
      return found
    }
  }`)
}

test('a model by name whose parts fit in buffers, and not on the GPU together, is not downloaded', async ({
  page,
  scratch,
  tinyFolder,
}) => {
  const hub = await hubWith(tinyFolder)
  const site = await serve({ '/blank': blankPage('room'), '/module/': join(dist, 'module') })
  await limitGpu(page, 4_000_000)
  await page.goto(`${site.url}blank`)
  const model = hubModel('ann/tiny', undefined, { hub: hub.url }, join(scratch, 'small GPU'))
  const bring = (budget: number) => {
    const overrides = { budget, chunk: 64, storage: { cache: 'f32' } } as const
    const inPage = (work: (tab: Page) => Promise<void>) => work(page)
    return bringFromHub(model, inPage, { purposes: [{ for: 'reading', overrides }], merges: false })
  }
  await expect(bring(50_000)).rejects.toThrow(
    /^the GPU has no room for the \d+ MB needed \(weights 1 MB, cache \d+ MB, scratch \d+ MB\); lower the budget/,
  )
  expect(weightsAsked(hub)).toEqual([])
  await bring(1000)
  expect(weightsAsked(hub)).toHaveLength(1)
  await site.close()
  await hub.close()
})
