// What end-to-end tests share: a static host with the built page under a sub-path, and a tiny random model on it.
import { dist } from '../cli/build/paths.ts'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from 'playwright/test'
import { ensureBuilt } from '../cli/build/fresh.ts'
import { serve, type Mounts } from '../cli/site/serve.ts'
import { headsFile, modelFiles } from '../reference/model_files.ts'
import { randomCompressor } from '../reference/random_compressor.ts'
import { randomModel, type RandomShape } from '../reference/random_model.ts'

/** Small enough for tens of thousands of tokens a minute in software. */
export const tinyShape: RandomShape = {
  layers: 2,
  hidden: 24,
  heads: 2,
  kvHeads: 1,
  headSize: 8,
  feedForward: 32,
  vocabulary: 260,
  tiedEmbeddings: true,
  ropeBase: 10_000,
  maxPositions: 2048,
  retainingWidth: 16,
}

export interface Host {
  /** the page, ending in a slash */
  readonly page: string
  /** dist/module/longtab.js */
  readonly module: string
  /** the tiny model's folder, ending in a slash; it has heads */
  readonly tinyModel: string
  /** the same without its heads */
  readonly headless: string
  /** a compressor for it */
  readonly tinyCompressor: string
}

/** Slots that the tiny model's compressor merges into. */
export const tinyMerged = 16

interface WorkerFixtures {
  /** dist/ is up to date */
  readonly built: undefined
  /** a folder of this run's own */
  readonly scratch: string
  /** the tiny model as a folder on disk */
  readonly tinyFolder: string
  /** a compressor for it, as a file on disk */
  readonly tinyCompressorFile: string
  readonly host: Host
}

export const test = base.extend<object, WorkerFixtures>({
  built: [
    async ({}, use) => {
      await ensureBuilt('page', 'library')
      await use(undefined)
    },
    { scope: 'worker', auto: true },
  ],
  scratch: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'longtab-e2e-'))
      await use(folder)
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  tinyFolder: [
    async ({ scratch }, use) => {
      const folder = join(scratch, 'tiny')
      await writeModel(folder, tinyShape, 1)
      await use(folder)
    },
    { scope: 'worker' },
  ],
  tinyCompressorFile: [
    async ({ scratch }, use) => {
      const { description } = randomModel(tinyShape, 1)
      const shape = { merged: tinyMerged, taps: 3, lambda: 0.5 }
      const { file } = randomCompressor(description, shape, 1)
      const path = join(scratch, 'tiny-compressor.safetensors')
      await writeFile(path, Buffer.from(await file.arrayBuffer()))
      await use(path)
    },
    { scope: 'worker' },
  ],
  host: [
    async ({ scratch, tinyFolder, tinyCompressorFile }, use) => {
      const headless = join(scratch, 'headless')
      await cp(tinyFolder, headless, { recursive: true })
      await rm(join(headless, 'heads.safetensors'))
      const compressor = '/models/tiny-compressor.safetensors'
      const mounts: Mounts = {
        '/some/path/': dist,
        '/models/tiny/': tinyFolder,
        '/models/headless/': headless,
        [compressor]: tinyCompressorFile,
      }
      const site = await serve(mounts)
      await use({
        page: `${site.url}some/path/`,
        module: `${site.url}some/path/module/longtab.js`,
        tinyModel: `${site.url}models/tiny/`,
        headless: `${site.url}models/headless/`,
        tinyCompressor: `${site.url}${compressor.slice(1)}`,
      })
      await site.close()
    },
    { scope: 'worker' },
  ],
})

/** Opens the page and chooses the tiny model by its address. */
export async function openTinyModel(page: Page, host: Host): Promise<void> {
  await page.goto(host.page)
  await page.locator('input[name=model][value=url]').check()
  await page.getByTestId('model-url').fill(host.tinyModel)
  await page.getByTestId('model-url').press('Enter')
  await expect(page.getByTestId('model-about')).toContainText('2 layers', { timeout: 30_000 })
}

/** Writes a random model with its retaining heads as a Hugging Face folder. */
export async function writeModel(folder: string, shape: RandomShape, seed: number): Promise<void> {
  const model = randomModel(shape, seed)
  await mkdir(folder, { recursive: true })
  for (const file of [...modelFiles(model, 'F16'), headsFile(model, 'F32')]) {
    await writeFile(join(folder, file.name), Buffer.from(await file.arrayBuffer()))
  }
}
