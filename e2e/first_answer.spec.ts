// From opening the page to an answer about one's own document: how many clicks it takes, by each way to a model.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from 'playwright/test'
import { root } from '../cli/build/paths.ts'
import { realModel, realModelPath } from '../cli/models/real_model.ts'
import { presets } from '../src/model/presets.ts'
import { serveHub } from '../src/files/store/hub.fixture.ts'
import { drop } from './dropped.ts'
import { test } from './fixtures.ts'
import { askedOfHub, routeHub, text } from './imitated_hub.ts'

const mostClicks = 3

/**
 * Counts what the mouse presses from now on, on every page that is opened. Where a button moves away under the mouse,
 * Playwright holds the press back and presses again. What it holds back does not come to the end of its way, where this counts.
 */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  let clicks = 0
  await page.exposeFunction('clicked', () => (clicks += 1))
  await page.addInitScript(() => {
    const { clicked } = window as unknown as { clicked: () => void }
    addEventListener('pointerdown', () => clicked())
  })
  return async () => {
    await page.evaluate(() => undefined) // what was told before this has arrived
    return clicks
  }
}

/** Asks, and waits for the first words. */
async function askByClick(page: Page, question: string): Promise<void> {
  await page.getByTestId('question').fill(question)
  await page.getByTestId('ask').click()
  await expect(page.getByTestId('entry').locator('.answer')).toContainText(/\S/, {
    timeout: 60_000,
  })
}

test.setTimeout(240_000)

test('with the model that the page suggests: the download and two clicks', async ({
  page,
  host,
}) => {
  // the first of the list that learned what to keep; its file is a small one here
  const [name = '', file = ''] = presets[0]?.source.split(':') ?? []
  const hub = await serveHub({ [file]: await readFile(join(root, 'fixtures/gguf/llama3.gguf')) })
  await routeHub(page, hub, name)
  const clicks = await countClicks(page)
  await page.goto(host.page)
  await drop(page, [{ name: 'ferry.txt', content: text }])
  await expect(page.getByTestId('document-chosen')).toContainText('ferry.txt')
  expect(hub.requests).toEqual([])
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await askByClick(page, 'When does the ferry leave?')
  expect(await clicks()).toBe(2)
  expect(hub.requests.length).toBeGreaterThan(0)
  await hub.close()
})

test('with a .gguf file dropped beside the document: two clicks and no network', async ({
  page,
  host,
}) => {
  const outside = askedOfHub(page)
  const clicks = await countClicks(page)
  await page.goto(host.page)
  const model = await readFile(join(root, 'fixtures/gguf/llama3.gguf'))
  await drop(page, [
    { name: 'llama3.gguf', content: model },
    { name: 'ferry.txt', content: text },
  ])
  await expect(page.getByTestId('model-about')).toContainText('layers', { timeout: 30_000 })
  await expect(page.locator('input[name=model][value=folder]')).toBeChecked()
  await expect(page.getByTestId('document-chosen')).toContainText('ferry.txt')
  await page.getByTestId('read').click()
  await expect(page.getByTestId('question')).toBeVisible({ timeout: 120_000 })
  await askByClick(page, 'When does the ferry leave?')
  expect(await clicks()).toBe(2)
  expect(outside).toEqual([])
})

test('with a real model picked from the disk, the answer is right', async ({ page, host }) => {
  test.setTimeout(900_000) // some tokens a second in software
  const model = realModel('smollm2-135m')
  const path = model && realModelPath(model)
  // minutes in software, so only where it is asked for
  const isWanted = process.env['LONGTAB_REAL_MODELS'] !== undefined
  test.skip(!isWanted || !path || !existsSync(path), 'LONGTAB_REAL_MODELS names no folder with it')
  const clicks = await countClicks(page)
  await page.goto(host.page)
  await page.locator('input[name=model][value=folder]').click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByText('Pick a .gguf file').click()
  await (await choosing).setFiles(path ?? '')
  await expect(page.getByTestId('model-about')).toContainText('30 layers', { timeout: 60_000 })
  await expect(page.locator('#heads-state')).toContainText('ours, for SmolLM2-135M-Instruct')
  await drop(page, [
    {
      name: 'lighthouse.txt',
      content:
        'The lighthouse was built in 1874 by the engineer Clara Whitcombe. Its first keeper was Tomas Reyes, who lived there with a grey cat.',
    },
  ])
  await page.getByTestId('read').click()
  await page.getByTestId('question').fill('Who built the lighthouse?', { timeout: 600_000 })
  await page.getByTestId('question').press('Enter')
  const entry = page.getByTestId('entry')
  await expect(entry.locator('.answer')).toContainText('Clara Whitcombe', { timeout: 600_000 })
  expect(await clicks()).toBeLessThanOrEqual(mostClicks)
})
