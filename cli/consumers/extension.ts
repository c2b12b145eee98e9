// An unpacked extension in Chromium, whose panel is opened as a tab.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { softwareGpu } from '../browser/chromium.ts'
import { chromiumDriver } from '../browser/playwright.ts'
import { serve } from '../site/serve.ts'

/**
 * @param folder of the extension
 * @param model comes from a site of this machine, to which the extension is let as it is to the Hub
 * @param work gets the panel
 */
export async function inExtension<Result>(
  folder: string,
  model: string,
  work: (panel: Page) => Promise<Result>,
): Promise<Result> {
  await allowThisMachine(join(folder, 'manifest.json'))
  const { args, ignoreDefaultArgs, ...launch } = softwareGpu()
  const profile = await mkdtemp(join(tmpdir(), 'longtab-extension-'))
  const site = await serve({ '/model/': model })
  const context = await chromiumDriver().launchPersistentContext(profile, {
    ...launch,
    args: [...args, `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
    ignoreDefaultArgs: [...ignoreDefaultArgs, '--disable-extensions'],
  })
  try {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
    const panel = await context.newPage()
    await panel.goto(new URL(`panel.html?model=${site.url}model/`, worker.url()).href)
    return await work(panel)
  } finally {
    await context.close()
    await site.close()
    await rm(profile, { recursive: true, force: true })
  }
}

async function allowThisMachine(path: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { host_permissions: string[] }
  manifest.host_permissions.push('http://127.0.0.1/*')
  await writeFile(path, JSON.stringify(manifest))
}
