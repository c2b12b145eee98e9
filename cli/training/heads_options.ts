// The command line of `npm run train-heads`: what it accepts, and every complaint that needs no browser to be made.
import { labelKinds, type TrainingSettings } from '../../src/api/training.ts'
import { parseFlags } from '../shell/flags.ts'
import {
  closingHelp,
  modelHelp,
  scheduleOf,
  trainingCommand,
  trainingFlags,
  type TrainingCommand,
} from './options.ts'
import { defined, oneOf, real, whole } from '../shell/values.ts'

export const help = `Trains retaining heads for a model, in headless Chromium on the GPU. The model itself is not changed.

  npm run train-heads -- --out heads.safetensors [options]

  --out FILE        the heads, for ask's --heads; FILE.checkpoint is written on the way and gone on from
${modelHelp}
  --data FILE       JSON lines, or an array, of {"prompt", "answer"}, {"instruction", "output"}, {"messages"} or
                    {"conversations"}
                    (default: made-up documents with questions about them)
  --steps N         documents to train on, one a step (default: 400)
  --d-r N           width of the heads' hidden layer; official heads have 1024 (default: 256)
  --label L         share (default): the largest share of attention that an answer's token gives;
                    answer: the largest score instead, as Locret; repeat: the share while the model
                    repeats the document, as KVzip
  --length N        tokens of a document at most; longer ones lose their middle (default: 2048, or what fits)
  --reply N         tokens of a question and its answer at most; longer answers lose their end (default: 256)
  --questions N     questions asked of one document at most (default: 4)
  --rate X          learning rate at its highest (default: 0.002)
  --warm-up X       share of the steps in which the rate rises (default: 0.1)
  --smoothing X     weight of the squared step between the scores of neighbours: its mean inside a layer, summed
                    over layers, while the error is a mean over layers too (default: 0.0025)
${closingHelp}`

const flags = {
  ...trainingFlags,
  'd-r': { type: 'string' },
  label: { type: 'string' },
  reply: { type: 'string' },
  questions: { type: 'string' },
  smoothing: { type: 'string' },
} as const

/** `help` when that was asked for. Throws UsageError. */
export function parseTrainHeads(
  args: readonly string[],
  defaultModel: string,
): TrainingCommand<TrainingSettings> | 'help' {
  const given = parseFlags(args, flags)
  if (given.help === true) return 'help'
  return trainingCommand(given, defaultModel, {
    ...scheduleOf(given),
    ...defined({
      hidden: whole('--d-r', given['d-r'], 1),
      label: oneOf('--label', given.label, labelKinds),
      reply: whole('--reply', given.reply, 1),
      questions: whole('--questions', given.questions, 1),
      smoothing: real('--smoothing', given.smoothing, Infinity),
    }),
  })
}
