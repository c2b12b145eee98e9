// Where a command's model, heads and compressor come from, and how they stand on the command's own site.
import { needs } from '../../src/api/policies.ts'
import type { SettingOverrides } from '../../src/api/settings.ts'
import { chosenPolicy } from '../../src/plan/settings.ts'
import type { Mounts } from '../site/serve.ts'
import type { ModelFlags } from './flags.ts'
import { accessFromEnvironment, hubModel, type HubModel } from './hub_model.ts'
import { fileMounts, fileUrl, sourceMounts, sourceUrls } from './served_model.ts'

export interface ModelCommand extends ModelFlags {
  readonly compressor?: string
  readonly settings: SettingOverrides
}

export interface Sources<Command> {
  readonly hub: HubModel
  /** whether the model's own compressor is needed, if it has one */
  readonly merges: boolean
  /** of the site */
  readonly mounts: Mounts
  /** The command with URLs in place of paths. `site` ends in a slash; the Hub's files must have been brought. */
  located(site: string): Command
}

export function sourcesOf<Command extends ModelCommand>(command: Command): Sources<Command> {
  const { model, heads, compressor, revision, settings } = command
  const hub = hubModel(model, heads, accessFromEnvironment(revision))
  const { name } = chosenPolicy(settings)
  return {
    hub,
    merges: compressor === undefined && name !== undefined && needs(name, 'compressor'),
    mounts: { ...sourceMounts(command, hub), ...fileMounts('compressor', compressor) },
    located: (site) => ({
      ...command,
      ...sourceUrls(command, hub, site),
      ...(compressor === undefined ? {} : { compressor: fileUrl('compressor', compressor, site) }),
    }),
  }
}
