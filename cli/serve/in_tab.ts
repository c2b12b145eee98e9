// Answers requests with a model in a headless browser's tab.
import type { JSHandle, Page } from 'playwright'
import type { AdapterChoice } from '../browser/adapters.ts'
import { expose } from '../browser/expose.ts'
import { unlessRefused } from '../browser/refusal.ts'
import { inModelTab } from '../models/model_tab.ts'
import { RunError } from '../shell/command.ts'
import type { Answering } from './answering.ts'
import { createBridge } from './bridge.ts'
import type { ServeCommand } from './options.ts'
import { loadInPage, type Answers, type Engine } from './page.ts'
import type { Telling } from './telling.ts'

/** Loads the model, and rejects when it can answer no more. */
export async function serveInTab(
  adapter: AdapterChoice,
  command: ServeCommand,
  telling: Telling,
  ready: (answering: Answering) => void,
): Promise<never> {
  const bridge = createBridge()
  return inModelTab('serve', adapter, command, bridge.mounts, async (page, located) => {
    const ended = endOf(page)
    ready(bridge.answering(page, await load(page, located, telling)))
    throw new RunError(`${await ended}; start the server again`)
  })
}

async function load(
  page: Page,
  command: ServeCommand,
  telling: Telling,
): Promise<JSHandle<Answers>> {
  await expose(page, telling)
  const engine = await page.evaluateHandle<Engine>(
    "Promise.all([import('/module/longtab.js'), import('/module/openai.js')]).then(([{ load }, { openAI }]) => ({ load, openAI }))",
  )
  const loaded = await page.evaluateHandle(loadInPage, [engine, command] as const)
  unlessRefused(await page.evaluate((loaded) => ('code' in loaded ? loaded : {}), loaded))
  return loaded as JSHandle<Answers>
}

/** Resolves with why the tab answers no more; otherwise never. */
async function endOf(page: Page): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    page.exposeFunction('onLost', resolve).catch(reject)
    page.once('crash', () => resolve('the tab ended by itself, perhaps for lack of memory'))
  })
}
