// The examples run as they stand, and what they print is right.
import { spawnSync } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { dist, root } from '../cli/build/paths.ts'
import { ensureLavapipe } from '../cli/install/lavapipe.ts'
import { serve } from '../cli/site/serve.ts'
import { column, pdfFile } from '../src/documents/pdf/pdf.fixture.ts'
import { test } from './fixtures.ts'

test.setTimeout(480_000)

/** What the built-in model can be asked about. */
function logOf(key: string): string {
  return `Log of the Irene. The pass key is ${key}. Remember it. ${key} is the pass key. All well.`
}

// the answer about that log is 02_node's: a minute in this browser, some seconds there
test('01_page shows the log that comes with it, and answers about a text that is pasted, then about a PDF', async ({
  page,
}) => {
  const site = await serve({
    '/dist/': dist,
    '/examples/': join(root, 'examples'),
    '/public/': join(root, 'public'),
  })
  await page.goto(`${site.url}examples/01_page/index.html`)
  const text = page.getByLabel('Document').last()
  await expect(text).toHaveValue(/^Log of the Irene/)
  const answer = page.getByRole('status')
  const ask = page.getByRole('button', { name: 'Ask' })
  const pdf = pdfFile({ pages: [column([logOf('31415')], 40, 800)] })
  for (const key of ['27182', '31415']) {
    if (key === '27182') await text.fill(logOf(key))
    else
      await page
        .getByLabel('Document')
        .first()
        .setInputFiles({
          name: 'log.pdf',
          mimeType: 'application/pdf',
          buffer: Buffer.from(await pdf.arrayBuffer()),
        })
    await ask.click()
    await expect(ask).toBeEnabled({ timeout: 120_000 })
    await expect(answer).toContainText(key)
  }
  await site.close()
})

test('02_node answers about each document of a folder', async ({ scratch }) => {
  const folder = join(scratch, 'logs')
  await mkdir(folder)
  await cp(join(root, 'examples/log.txt'), join(folder, 'a.txt'))
  await writeFile(join(folder, 'b.html'), `<p>${logOf('27182')}</p>`)
  const driver = ensureLavapipe()
  const { status, stdout, stderr } = spawnSync(
    'node',
    ['examples/02_node/ask.mjs', 'What is the pass key?', folder],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: 400_000,
      env: { ...process.env, ...(driver && { VK_DRIVER_FILES: driver }) },
    },
  )
  const noGpu = stderr.includes('no-webgpu')
  if (noGpu)
    console.warn(`\n\n  SKIPPED, NOT TESTED: examples/02_node. Node found no GPU.\n${stderr}\n`)
  test.skip(noGpu, 'Node found no GPU: examples/02_node was not run')
  expect(stderr).toContain('b.html: ')
  expect(stdout).toBe('The pass key is 09090.\nThe pass key is 27182.\n')
  expect(status).toBe(0)
})
