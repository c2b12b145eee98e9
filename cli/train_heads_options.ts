// The command line of `npm run train-heads`: what it accepts, and every complaint that needs no browser to be made.
import { dirname, resolve } from 'node:path'
import type { Settings } from '../src/engine/settings.ts'
import { weightStorages } from '../src/gpu/kernel.ts'
import { labelKinds, type TrainingSettings } from '../src/training/settings.ts'
import { adapters, type AdapterChoice } from './browser.ts'
import { UsageError } from './command.ts'
import { parseFlags } from './flags.ts'
import {
  defined,
  isFolder,
  missing,
  oneOf,
  real,
  requireFile,
  requireModel,
  whole,
} from './values.ts'

export interface TrainHeadsCommand {
  /** a folder or a .gguf file, or the URL of one */
  readonly model: string
  /** JSON lines; made-up documents without */
  readonly data?: string
  readonly out: string
  /** where checkpoints go, and what an interrupted training goes on from */
  readonly checkpoint: string
  /** only what was given */
  readonly settings: Partial<TrainingSettings>
  readonly weights: Settings['weights']
  /** ignores the checkpoint there is */
  readonly fresh: boolean
  readonly adapter: AdapterChoice
}

export const help = `Trains retaining heads for a model, in headless Chromium on the GPU. The model itself is not changed.

  npm run train-heads -- --out heads.safetensors [options]

  --out FILE        the heads, for ask's --heads; FILE.checkpoint is written on the way and gone on from
  --model DIR|FILE|URL
                    a Hugging Face folder or a .gguf file (default: the model this repository ships)
  --data FILE       JSON lines of {"prompt", "answer"}, {"messages"} or {"conversations"}
                    (default: made-up documents with questions about them)
  --steps N         documents to train on, one a step (default: 400)
  --d-r N           width of the heads' hidden layer; official heads have 1024 (default: 256)
  --label L         share (default): the largest share of attention that an answer's token gives;
                    answer: the largest score instead, as Locret; repeat: the share while the model
                    repeats the document, as KVzip
  --length N        tokens of a document at most; longer ones lose their middle (default: 2048, or what fits)
  --reply N         tokens of a question and its answer at most (default: 256)
  --questions N     questions asked of one document at most (default: 4)
  --rate X          learning rate at its highest (default: 0.002)
  --warm-up X       share of the steps in which the rate rises (default: 0.1)
  --smoothing X     weight of the squared step between neighbours (default: 0.0025)
  --look-every N    steps between two looks at held-out documents (default: 25)
  --held-out N      documents held out (default: 4)
  --seed N          of start, data and order (default: 0)
  --weights P       how the model's weights are stored: f16 (default), f32, or in blocks of 32: q8, q4;
                    the heads themselves are trained in f32
  --fresh           starts anew where there is a checkpoint
  --adapter A       auto (default), hardware or software
  --help            this text`

const flags = {
  out: { type: 'string' },
  model: { type: 'string' },
  data: { type: 'string' },
  steps: { type: 'string' },
  'd-r': { type: 'string' },
  label: { type: 'string' },
  length: { type: 'string' },
  reply: { type: 'string' },
  questions: { type: 'string' },
  rate: { type: 'string' },
  'warm-up': { type: 'string' },
  smoothing: { type: 'string' },
  'look-every': { type: 'string' },
  'held-out': { type: 'string' },
  seed: { type: 'string' },
  weights: { type: 'string' },
  fresh: { type: 'boolean' },
  adapter: { type: 'string' },
  help: { type: 'boolean' },
} as const

/** `help` when that was asked for. Throws UsageError. */
export function parseTrainHeads(
  args: readonly string[],
  defaultModel: string,
): TrainHeadsCommand | 'help' {
  const given = parseFlags(args, flags)
  if (given.help === true) return 'help'
  const out = given.out ?? missing('--out')
  const command: TrainHeadsCommand = {
    model: given.model ?? defaultModel,
    ...defined({ data: given.data }),
    out,
    checkpoint: `${out}.checkpoint`,
    settings: defined({
      steps: whole('--steps', given.steps, 1),
      hidden: whole('--d-r', given['d-r'], 1),
      label: oneOf('--label', given.label, labelKinds),
      length: whole('--length', given.length, 1),
      reply: whole('--reply', given.reply, 1),
      questions: whole('--questions', given.questions, 1),
      rate: real('--rate', given.rate, 1),
      warmUp: real('--warm-up', given['warm-up'], 1),
      smoothing: real('--smoothing', given.smoothing, Infinity),
      lookEvery: whole('--look-every', given['look-every'], 1),
      heldOut: whole('--held-out', given['held-out'], 0),
      seed: whole('--seed', given.seed, 0),
    }),
    weights: oneOf('--weights', given.weights, weightStorages) ?? 'f16',
    fresh: given.fresh === true,
    adapter: oneOf('--adapter', given.adapter, adapters) ?? 'auto',
  }
  requireModel(command.model)
  if (command.data !== undefined) requireFile('--data', command.data)
  if (isFolder(out) || !isFolder(dirname(resolve(out)))) {
    throw new UsageError(`--out ${out} cannot be written: name a file in a folder that exists`)
  }
  return command
}
