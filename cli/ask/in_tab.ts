// Asks with an engine in a headless browser's tab.
import type { AdapterChoice } from '../browser/adapters.ts'
import { expose } from '../browser/expose.ts'
import type { Refusal } from '../browser/refusal.ts'
import { inModelTab } from '../models/model_tab.ts'
import type { Mounts } from '../site/serve.ts'
import type { Listeners } from './listeners.ts'
import type { AskCommand } from './options.ts'
import { askInPage, type Engine, type Outcome } from './page.ts'

/** @param inUrls gives the documents' URLs in place of their paths, on a site whose URL ends in a slash */
export async function askInTab(
  adapter: AdapterChoice,
  command: AskCommand,
  mounts: Mounts,
  inUrls: (command: AskCommand, site: string) => AskCommand,
  listeners: Listeners,
): Promise<Outcome | Refusal> {
  return inModelTab('ask', adapter, command, mounts, async (page, located, site) => {
    await expose(page, listeners)
    page.on('console', (message) => {
      if (message.text().startsWith('longtab: ')) listeners.onNote(message.text())
    })
    const engine = await page.evaluateHandle<Engine>("import('/module/longtab.js')")
    return page.evaluate(askInPage, [engine, inUrls(located, site)] as const)
  })
}
