// The examples run as they stand, and what they print is right.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { dist, root } from '../cli/build/paths.ts'
import { ensureLavapipe } from '../cli/install/lavapipe.ts'
import { serve } from '../cli/site/serve.ts'
import { test } from './fixtures.ts'

test.setTimeout(480_000)

test('01_page answers about the log that comes with it, then about a text that is pasted', async ({
  page,
}) => {
  const site = await serve({
    '/dist/': dist,
    '/examples/': join(root, 'examples'),
    '/public/': join(root, 'public'),
  })
  await page.goto(`${site.url}examples/01_page/index.html`)
  await expect(page.getByLabel('Document').last()).toHaveValue(/^Log of the Irene/)
  const answer = page.getByRole('status')
  const ask = page.getByRole('button', { name: 'Ask' })
  await ask.click()
  await expect(ask).toBeEnabled({ timeout: 240_000 })
  await expect(answer).toHaveText('The pass key is 09090.')

  await page
    .getByLabel('Document')
    .last()
    .fill('Log of the Irene. The pass key is 27182. Remember it. 27182 is the pass key. All well.')
  await ask.click()
  await expect(ask).toBeEnabled({ timeout: 120_000 })
  await expect(answer).toContainText('27182')
  await site.close()
})

test('02_node answers about the log that comes with it', () => {
  const driver = ensureLavapipe()
  const { status, stdout, stderr } = spawnSync('node', ['examples/02_node/ask.mjs'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 400_000,
    env: { ...process.env, ...(driver && { VK_DRIVER_FILES: driver }) },
  })
  const noGpu = stderr.includes('no-webgpu')
  if (noGpu)
    console.warn(`\n\n  SKIPPED, NOT TESTED: examples/02_node. Node found no GPU.\n${stderr}\n`)
  test.skip(noGpu, 'Node found no GPU: examples/02_node was not run')
  expect(stderr).toContain('256 kept in every layer and head')
  expect(stdout).toBe('The pass key is 09090.\n')
  expect(status).toBe(0)
})
