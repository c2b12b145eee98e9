// A tab for a command's model: what the Hub has is there, and the tab reaches model, heads and compressor.
import type { Page } from 'playwright'
import { needs } from '../../src/api/policies.ts'
import type { SettingOverrides } from '../../src/api/settings.ts'
import { chosenPolicy } from '../../src/plan/settings.ts'
import type { AdapterChoice } from '../browser/adapters.ts'
import { inTab } from '../browser/tab.ts'
import type { Mounts } from '../site/serve.ts'
import type { ModelFlags } from './flags.ts'
import { accessFromEnvironment, hubModel } from './hub_model.ts'
import { bringFromHub } from './hub_tab.ts'
import { argsToReach, fileMounts, fileUrl, sourceMounts, sourceUrls } from './served_model.ts'

interface ModelCommand extends ModelFlags {
  readonly compressor?: string
  readonly adapter: AdapterChoice
  readonly settings: SettingOverrides
}

/**
 * @param mounts of the tab's site, beside the model's
 * @param work gets the page, the command with the tab's URLs in place of paths, and the site's URL, which ends in a slash
 */
export async function inModelTab<Command extends ModelCommand, Result>(
  title: string,
  command: Command,
  mounts: Mounts,
  work: (page: Page, located: Command, site: string) => Promise<Result>,
): Promise<Result> {
  const { adapter, model, heads, compressor, revision, settings } = command
  const hub = hubModel(model, heads, accessFromEnvironment(revision))
  const all = { ...mounts, ...sourceMounts(command, hub), ...fileMounts('compressor', compressor) }
  const browserArgs = argsToReach(model, heads, compressor)
  return inTab({ title, adapter, mounts: all, browserArgs }, async (page, site) => {
    const { name } = chosenPolicy(settings)
    const merges = compressor === undefined && name !== undefined && needs(name, 'compressor')
    const purposes = [{ for: 'reading', overrides: settings }] as const
    await bringFromHub(hub, (work) => work(page), { purposes, merges })
    const located = {
      ...command,
      ...sourceUrls(command, hub, site),
      ...(compressor === undefined ? {} : { compressor: fileUrl('compressor', compressor, site) }),
    }
    return work(page, located, site)
  })
}
