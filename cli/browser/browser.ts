// A page with WebGPU in a headless Chromium, on the machine's GPU or in software.
import type { Browser, Page } from 'playwright'
import type { AdapterChoice } from './adapters.ts'
import { chromiumAdvice, findChromium, hardwareGpu, hasGpu, softwareGpu } from './chromium.ts'
import { chromiumDriver } from './playwright.ts'
import { RunError } from '../shell/command.ts'

export interface Tab {
  readonly page: Page
  close(): Promise<void>
}

/**
 * Opens `url` where WebGPU works. `extraArgs` are added to the browser's command line. Throws RunError when there is no
 * browser, it does not start, or it has no adapter of the requested kind. Ctrl-C closes the browser.
 */
export async function openTab(
  url: string,
  adapter: AdapterChoice,
  extraArgs: readonly string[] = [],
): Promise<Tab> {
  if (findChromium() === undefined) throw new RunError(chromiumAdvice())
  const kinds =
    adapter !== 'auto'
      ? [adapter]
      : hasGpu()
        ? (['hardware', 'software'] as const)
        : (['software'] as const)
  for (const kind of kinds) {
    const browser = await start(kind, extraArgs)
    try {
      const page = await browser.newPage()
      await page.addInitScript(defineName)
      await page.goto(url)
      if (await page.evaluate(hasAdapter)) return { page, close: () => browser.close() }
    } catch (error) {
      await browser.close()
      throw error
    }
    await browser.close()
  }
  throw new RunError(
    adapter === 'hardware'
      ? 'the browser found no GPU it can use; try --adapter software'
      : `${findChromium() ?? 'the browser'} offers no WebGPU adapter; it may be too old`,
  )
}

/**
 * Runs in the page, to which it is sent as text. A broken driver may never respond; a timeout then counts as no adapter.
 * The first call can give null where the next gives the adapter (src/gpu/find_adapter.ts).
 */
async function hasAdapter(): Promise<boolean> {
  if (!('gpu' in navigator)) return false
  const silence = new Promise<null>((resolve) => setTimeout(resolve, 15_000, null))
  for (let attempt = 0; attempt < 3; attempt++) {
    if ((await Promise.race([navigator.gpu.requestAdapter(), silence])) !== null) return true
  }
  return false
}

async function start(
  kind: 'hardware' | 'software',
  extraArgs: readonly string[],
): Promise<Browser> {
  const launch = kind === 'hardware' ? hardwareGpu() : softwareGpu()
  try {
    return await chromiumDriver().launch({ ...launch, args: [...launch.args, ...extraArgs] })
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
    throw new RunError(`${launch.executablePath ?? 'Chromium'} did not start: ${reason}`)
  }
}

// tsx names compiled functions by calling `__name`, which a page that receives such a function lacks. Delete this when
// tsx stops doing so (esbuild's `keepNames`).
const defineName = 'globalThis.__name = (named) => named'
