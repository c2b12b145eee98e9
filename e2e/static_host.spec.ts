// What `npm run build` makes works from any static host, under a sub-path: the page, the module, and a bundled module.
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { build } from 'vite'
import type { Engine } from '../cli/ask_page.ts'
import { dist, root } from '../cli/fresh.ts'
import { serve } from '../cli/serve.ts'
import { test } from './fixtures.ts'

const text = 'The harbour master wrote the number of every ship in a green book. '.repeat(60)

/** Reads and answers with a module at `url`; gives the answer's length in tokens and the document's. */
async function readAndAsk(page: Page, url: string, model: string): Promise<[number, number]> {
  return page.evaluate(
    async ([url, source, text]) => {
      const engine = (await import(url)) as Engine
      const model = await engine.load(source, { budget: 128, chunk: 64 })
      const document = await model.read(text)
      const answer = document.ask('Which book?', { maxTokens: 5 })
      let pieces = ''
      for await (const piece of answer) pieces += piece
      const summary = await answer.summary
      if (summary.text !== pieces)
        throw new Error(`streamed "${pieces}", summed up "${summary.text}"`)
      await model.close()
      return [summary.ids.length, document.tokens] as [number, number]
    },
    [url, model, text] as const,
  )
}

test('the page opens under a sub-path and asks for nothing that is not there', async ({
  page,
  host,
}) => {
  const missing: string[] = []
  page.on('response', (response) => {
    // A model may lack files that are looked for; the page's own parts may not.
    if (response.status() >= 400 && !response.url().includes('/models/'))
      missing.push(response.url())
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

test('the module runs from a plain file, its worker found beside it', async ({ page, host }) => {
  await page.goto(host.page)
  const [answered, read] = await readAndAsk(page, host.module, host.tinyModel)
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
  const [, read] = await readAndAsk(page, `${site.url}app.js`, `${site.url}tiny/`)
  expect(read).toBeGreaterThanOrEqual(text.length)
  await site.close()
})
