// A tab for a command's model: what the Hub has is there, and the tab reaches model, heads and compressor.
import type { Page } from 'playwright'
import type { AdapterChoice } from '../browser/adapters.ts'
import { inTab } from '../browser/tab.ts'
import type { Mounts } from '../site/serve.ts'
import { bringFromHub } from './hub_tab.ts'
import { argsToReach } from './served_model.ts'
import { sourcesOf, type ModelCommand } from './sources.ts'

/**
 * @param mounts of the tab's site, beside the model's
 * @param work gets the page, the command with the tab's URLs in place of paths, and the site's URL, which ends in a slash
 */
export async function inModelTab<Command extends ModelCommand, Result>(
  title: string,
  adapter: AdapterChoice,
  command: Command,
  mounts: Mounts,
  work: (page: Page, located: Command, site: string) => Promise<Result>,
): Promise<Result> {
  const { model, heads, compressor, settings } = command
  const sources = sourcesOf(command)
  const all = { ...mounts, ...sources.mounts }
  const browserArgs = argsToReach(model, heads, compressor)
  return inTab({ title, adapter, mounts: all, browserArgs }, async (page, site) => {
    const purposes = [{ for: 'reading', overrides: settings }] as const
    const { hub, merges } = sources
    await bringFromHub(hub, (work) => work(page), { purposes, merges })
    return work(page, sources.located(site), site)
  })
}
