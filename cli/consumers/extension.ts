// An unpacked extension in Chromium, whose panel is opened as a tab.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { softwareGpu } from '../browser/chromium.ts'
import { chromiumDriver } from '../browser/playwright.ts'

/**
 * @param folder of the extension; the model is put in it, since its rules let it fetch from the Hub and from itself only
 * @param work gets the panel
 */
export async function inExtension<Result>(
  folder: string,
  model: string,
  work: (panel: Page) => Promise<Result>,
): Promise<Result> {
  await cp(model, join(folder, 'model'), { recursive: true })
  const { args, ignoreDefaultArgs, ...launch } = softwareGpu()
  const profile = await mkdtemp(join(tmpdir(), 'longtab-extension-'))
  const context = await chromiumDriver().launchPersistentContext(profile, {
    ...launch,
    args: [...args, `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
    ignoreDefaultArgs: [...ignoreDefaultArgs, '--disable-extensions'],
  })
  try {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
    const panel = await context.newPage()
    await panel.goto(new URL('panel.html?model=model/', worker.url()).href)
    return await work(panel)
  } finally {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
}
