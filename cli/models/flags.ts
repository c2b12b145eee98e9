// The flags that name a model, a revision of it and retaining heads, held to what they must be. What is on the Hub is asked
// for when the tab is open.
import { UsageError } from '../shell/command.ts'
import { isHubName } from './hub_model.ts'
import { realModel } from './real_model.ts'
import { isUrl, requireFile, requireModel } from '../shell/values.ts'

export interface ModelFlags {
  /** a folder or a .gguf file, the URL of one, a repository of the Hub by name, or the name of a real model */
  readonly model: string
  /** of the repository */
  readonly revision?: string
  /** a file, the URL of one, or one on the Hub by name */
  readonly heads?: string
}

/** Throws UsageError. */
export function checkModelFlags({ model, revision, heads }: ModelFlags): void {
  const onHub = isHubName(model)
  if (revision !== undefined && !onHub) {
    throw new UsageError(`--revision is of a repository; --model ${model} is none (owner/name)`)
  }
  if (!onHub && realModel(model) === undefined) requireModel(model)
  if (heads !== undefined && !isUrl(heads) && !isHubName(heads)) requireFile('--heads', heads)
}

/** Last line of a command's help. */
export const hubHelp =
  'What comes by name is kept in ~/.cache/longtab. HF_TOKEN is the access token for gated repositories.'
