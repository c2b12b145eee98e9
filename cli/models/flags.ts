// Flags that name a model, its revision and retaining heads, with checks of their form. The Hub is contacted later, when
// the tab is open.
import { kernelChoices } from '../../src/api/diagnostics.ts'
import { modelEndings } from '../../src/model/format_names.ts'
import { called } from '../shell/called.ts'
import { UsageError } from '../shell/command.ts'
import { isUrl, requireFile, requireModel } from '../shell/files.ts'
import { oneOf, text } from '../shell/flag.ts'
import { isHubName } from './hub_model.ts'
import { realModel } from './real_model.ts'

export const modelFlags = {
  model: text(
    'M',
    `a Hugging Face folder or a ${modelEndings} file, its URL, or a repository by name: owner/name, owner/name:file.gguf, owner/name:Q8_0 (hf.co/ may precede it), or a name that ${called('models')} lists (default: the built-in model)`,
  ),
  revision: text('R', 'of the repository: a branch, a tag or a commit (default: main)'),
}

export const sourceFlags = {
  heads: text(
    'FILE|URL|NAME',
    'retaining heads (default: heads.safetensors of the model, if there is one)',
  ),
  compressor: text(
    'FILE|URL',
    'convolutions that compute the merge weights of lococo and locret+lococo (default: compressor.safetensors of the model, if there is one)',
  ),
}

export const kernelsFlag = oneOf(
  'K',
  kernelChoices,
  'which variants of kernels run',
  ': those that this GPU times as the fastest, or those that run everywhere',
).or('measured')

export interface ModelFlags {
  /** a folder or a file, the URL of one, a repository of the Hub by name, or the name of a real model */
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
