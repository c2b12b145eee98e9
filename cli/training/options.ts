// What the command lines of all trainings accept: files, and how long, how fast, on how much text.
import { dirname, resolve } from 'node:path'
import { type Settings, weightStorages } from '../../src/api/settings.ts'
import type { Schedule } from '../../src/api/training.ts'
import { adapterOrNode, type AdapterOrNode } from '../node/adapters.ts'
import { UsageError } from '../shell/command.ts'
import { checkModelFlags, hubHelp, type ModelFlags } from '../models/flags.ts'
import { defined, isFolder, missing, oneOf, real, requireFile, whole } from '../shell/values.ts'

/** Heads are those that the training reads with. */
export interface TrainingCommand<TargetSettings> extends ModelFlags {
  /** JSON lines; made-up documents without */
  readonly data?: string
  readonly out: string
  /** where checkpoints go, and what an interrupted training goes on from */
  readonly checkpoint: string
  /** only what was given */
  readonly settings: Partial<TargetSettings>
  readonly weights: Settings['weights']
  /** ignores the checkpoint there is */
  readonly fresh: boolean
  readonly adapter: AdapterOrNode
}

const text = { type: 'string' } as const

export const trainingFlags = {
  out: text,
  model: text,
  revision: text,
  data: text,
  steps: text,
  length: text,
  rate: text,
  'warm-up': text,
  'look-every': text,
  'held-out': text,
  seed: text,
  weights: text,
  fresh: { type: 'boolean' },
  adapter: text,
  help: { type: 'boolean' },
} as const

type Given = {
  readonly [Flag in keyof typeof trainingFlags]?:
    ((typeof trainingFlags)[Flag]['type'] extends 'boolean' ? boolean : string) | undefined
}

/** Lines of help for the model's flags. */
export const modelHelp = `  --model M         a Hugging Face folder or a .gguf file, its URL, or a repository by name: owner/name,
                    owner/name:file.gguf (default: the model this repository ships)
  --revision R      of the repository: a branch, a tag or a commit (default: main)`

/** Lines of help for the last of the flags, which every training has. */
export const closingHelp = `  --look-every N    steps between two looks at held-out documents
  --held-out N      documents held out (default: 4)
  --seed N          of start, data and order (default: 0)
  --weights P       how the model's weights are stored: f16 (default), f32, or in blocks of 32: q8, q4;
                    what is trained is f32
  --fresh           starts anew where there is a checkpoint
  --adapter A       auto (default), hardware or software; or node: without a browser, on the GPU that the npm package
                    webgpu finds
  --help            this text

${hubHelp}`

/** Throws UsageError. */
export function scheduleOf(given: Given): Partial<Schedule> {
  return defined({
    steps: whole('--steps', given.steps, 1),
    length: whole('--length', given.length, 1),
    rate: real('--rate', given.rate, 1),
    warmUp: real('--warm-up', given['warm-up'], 1),
    lookEvery: whole('--look-every', given['look-every'], 1),
    heldOut: whole('--held-out', given['held-out'], 0),
    seed: whole('--seed', given.seed, 0),
  })
}

/** Throws UsageError. */
export function trainingCommand<TargetSettings>(
  given: Given & { readonly heads?: string | undefined },
  defaultModel: string,
  settings: Partial<TargetSettings>,
): TrainingCommand<TargetSettings> {
  const out = given.out ?? missing('--out')
  const source = {
    model: given.model ?? defaultModel,
    ...defined({ revision: given.revision, heads: given.heads }),
  }
  checkModelFlags(source)
  const command = {
    ...source,
    ...defined({ data: given.data }),
    out,
    checkpoint: `${out}.checkpoint`,
    settings,
    weights: oneOf('--weights', given.weights, weightStorages) ?? 'f16',
    fresh: given.fresh === true,
    adapter: adapterOrNode(given.adapter, source),
  }
  if (command.data !== undefined) requireFile('--data', command.data)
  if (isFolder(out) || !isFolder(dirname(resolve(out)))) {
    throw new UsageError(`--out ${out} cannot be written: name a file in a folder that exists`)
  }
  return command
}
