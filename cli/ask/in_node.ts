// Asks with an engine in this process, without a browser.
import type { Refusal } from '../browser/refusal.ts'
import { inModelSite } from '../node/model_site.ts'
import type { Mounts } from '../site/serve.ts'
import type { Listeners } from './listeners.ts'
import type { AskCommand } from './options.ts'
import { askInPage, type Outcome } from './page.ts'

/** @param inUrls as for the tab */
export async function askInNode(
  command: AskCommand,
  mounts: Mounts,
  inUrls: (command: AskCommand, site: string) => AskCommand,
  listeners: Listeners,
): Promise<Outcome | Refusal> {
  Object.assign(globalThis, listeners) // a tab has them as globals
  console.debug = (line: string) => listeners.onNote(line) // stdout is the answer's
  return inModelSite(command, mounts, (engine, located, site) =>
    askInPage([engine, inUrls(located, site)]),
  )
}
