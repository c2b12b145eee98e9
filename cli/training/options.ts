// Flags of all trainings: files, number of steps, learning rate, amount of text.
import { dirname, resolve } from 'node:path'
import { weightStorages, type WeightStorage } from '../../src/api/settings.ts'
import type { Schedule } from '../../src/api/training.ts'
import { checkModelFlags, modelFlags, type ModelFlags } from '../models/flags.ts'
import { adapterOrNodeFlag, checkNode, type AdapterOrNode } from '../node/adapters.ts'
import { UsageError } from '../shell/command.ts'
import { isFolder, requireFile } from '../shell/files.ts'
import { given, oneOf, real, text, whole, type Valued } from '../shell/flag.ts'
import type { Given } from '../shell/command_line.ts'

/** `heads` are those that the training reads with. */
export interface TrainingCommand<TargetSettings> extends ModelFlags {
  /** JSON lines; without them, generated documents */
  readonly data?: string
  readonly out: string
  /** path of the checkpoints, from which an interrupted training resumes */
  readonly checkpoint: string
  /** only what was given */
  readonly settings: Partial<TargetSettings>
  readonly weights: WeightStorage
  /** ignores an existing checkpoint */
  readonly fresh: boolean
  readonly adapter: AdapterOrNode
}

/** Model, data and the file for the result. */
export const fileFlags = {
  out: text(
    'FILE',
    'what is trained, for ask’s --heads or --compressor; FILE.checkpoint is written on the way and gone on from',
  ).needed(),
  ...modelFlags,
  data: text(
    'FILE',
    'JSON lines, or an array, of {"prompt", "answer"}, {"instruction", "output"}, {"messages"} or {"conversations"} (default: made-up documents with questions about them)',
  ),
}

/** Number of steps, learning rate, amount of text; by their names in the module. */
export const scheduleFlags = {
  steps: whole(
    1,
    'documents to train on, one a step (default: 400 for heads, 200 for a compressor)',
  ),
  length: whole(1, 'tokens of a document at most (default: 2048, or what fits)'),
  rate: real(1, 'learning rate at its highest (default: 0.002)'),
  warmUp: real(
    1,
    'share of the steps in which the rate rises (default: 0.1 for heads, 0.05 for a compressor)',
  ),
  lookEvery: whole(1, 'steps between two looks at held-out documents'),
  heldOut: whole(0, 'documents held out (default: 4)'),
  seed: whole(0, 'of start, data and order (default: 0)'),
} satisfies { [Name in keyof Schedule]?: Valued<Schedule[Name]> }

export const runFlags = {
  weights: oneOf(
    'P',
    weightStorages,
    'how the model’s weights are stored',
    '; the last two in blocks of 32; what is trained is f32',
  ).or('f16'),
  fresh: given('starts anew where there is a checkpoint'),
  adapter: adapterOrNodeFlag,
}

/** Throws UsageError. */
export function trainingCommand<TargetSettings>(
  given: Given<typeof fileFlags & typeof runFlags> & { readonly heads?: string },
  defaultModel: string,
  settings: Partial<TargetSettings>,
): TrainingCommand<TargetSettings> {
  const { out, revision, heads, data, weights, fresh, adapter } = given
  const source = {
    model: given.model ?? defaultModel,
    ...(revision === undefined ? {} : { revision }),
    ...(heads === undefined ? {} : { heads }),
  }
  checkModelFlags(source)
  if (adapter === 'node') checkNode(source)
  if (data !== undefined) requireFile('--data', data)
  if (isFolder(out) || !isFolder(dirname(resolve(out)))) {
    throw new UsageError(`--out ${out} cannot be written: name a file in a folder that exists`)
  }
  const checkpoint = `${out}.checkpoint`
  return {
    ...source,
    ...(data === undefined ? {} : { data }),
    ...{ out, checkpoint, settings, weights, fresh, adapter },
  }
}
