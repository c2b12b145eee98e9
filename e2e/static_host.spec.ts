// What `npm run build` makes works from any static host, under a sub-path: the page, the module, and a bundled module.
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { build } from 'vite'
import type { Engine } from '../cli/ask/page.ts'
import { dist, root } from '../cli/build/paths.ts'
import { serve } from '../cli/site/serve.ts'
import { modelFiles } from '../reference/model_files.ts'
import { randomModel } from '../reference/random_model.ts'
import { blobFile } from '../src/files/blob_file.ts'
import { describe } from '../src/model/config.ts'
import { fingerprint, shapeOf } from '../src/model/fingerprint.ts'
import type { KnownHeads } from '../src/api/model.ts'
import { openSafetensors } from '../src/model/safetensors/checkpoint.ts'
import { test, tinyShape } from './fixtures.ts'

const text = 'The harbour master wrote the number of every ship in a green book. '.repeat(60)

interface Read {
  /** tokens of the answer, of the document */
  readonly answered: number
  readonly read: number
  /** where the retaining heads came from */
  readonly heads: string
}

/** Reads and answers with a module at `url`. */
async function readAndAsk(
  page: Page,
  url: string,
  model: string,
  knownHeads: readonly KnownHeads[] = [],
): Promise<Read> {
  return page.evaluate(
    async ([url, source, knownHeads, text]) => {
      const engine = (await import(url)) as Engine
      const model = await engine.load(source, { budget: 128, chunk: 64, knownHeads })
      const document = await model.read(text)
      const answer = document.ask('Which book?', { maxTokens: 5 })
      let pieces = ''
      for await (const piece of answer) pieces += piece
      const summary = await answer.summary
      if (summary.text !== pieces)
        throw new Error(`streamed "${pieces}", summed up "${summary.text}"`)
      await model.close()
      const heads = model.heads.note
      return { answered: summary.ids.length, read: document.tokens, heads }
    },
    [url, model, knownHeads, text] as const,
  )
}

test('the page opens under a sub-path and asks for nothing that is not there', async ({
  page,
  host,
}) => {
  const missing: string[] = []
  page.on('response', (response) => {
    // A model may lack files that are looked for; the page's own parts may not be missing.
    if (response.status() >= 400 && !/\/models\//.test(response.url())) missing.push(response.url())
  })
  const broken: string[] = []
  page.on('pageerror', (error) => broken.push(error.message))
  await page.goto(host.page)
  await expect(page).toHaveTitle(/Longtab/)
  await expect(page.getByRole('main')).toBeVisible()
  await page.waitForLoadState('networkidle')
  expect(missing).toEqual([])
  expect(broken).toEqual([])
})

test('the module runs from a plain file, its worker found beside it, heads by the model’s fingerprint', async ({
  page,
  host,
}) => {
  const random = randomModel(tinyShape, 1)
  const description = describe(random.config, {})
  const weights = modelFiles(random, 'F16').find(({ name }) => name === 'model.safetensors')!
  const checkpoint = await openSafetensors(blobFile(weights, weights.name, () => undefined))
  const tiny = {
    model: 'Tiny',
    fingerprint: await fingerprint(description, checkpoint),
    shape: shapeOf(description),
    file: `${host.tinyModel}heads.safetensors`,
  }
  await page.goto(host.page)
  const { answered, read, heads } = await readAndAsk(page, host.module, host.headless, [tiny])
  expect(heads).toBe('retaining heads: ours, for Tiny')
  expect(answered).toBeLessThanOrEqual(5)
  expect(read).toBeGreaterThanOrEqual(text.length) // a token a byte
})

test('a bundler takes the module and its worker along', async ({ page, scratch, tinyFolder }) => {
  const app = join(scratch, 'app')
  await mkdir(join(app, 'node_modules'), { recursive: true })
  await symlink(root, join(app, 'node_modules/longtab'), 'dir')
  await writeFile(join(app, 'app.js'), "export { load } from 'longtab'\n")
  await build({
    root: app,
    configFile: false,
    logLevel: 'error',
    base: './',
    worker: { format: 'es' },
    build: {
      rolldownOptions: {
        input: join(app, 'app.js'),
        preserveEntrySignatures: 'exports-only',
        output: { entryFileNames: 'app.js' },
      },
    },
  })
  const site = await serve({
    '/': join(app, 'dist'),
    '/tiny/': tinyFolder,
    '/page': join(dist, 'index.html'),
  })
  await page.goto(`${site.url}page`)
  const { read } = await readAndAsk(page, `${site.url}app.js`, `${site.url}tiny/`)
  expect(read).toBeGreaterThanOrEqual(text.length)
  await site.close()
})
