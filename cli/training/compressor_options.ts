// The command line of `npm run train-compressor`: what it accepts, and every complaint that needs no browser to be made.
import { positionKinds } from '../../src/api/settings.ts'
import type { CompressorSettings } from '../../src/api/training.ts'
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

export const help = `Trains the convolutions that LoCoCo's policies merge by, in headless Chromium on the GPU, to reconstruct
what attention makes of the full cache. The model itself is not changed.

  npm run train-compressor -- --out compressor.safetensors [options]

  --out FILE        the compressor, for ask's --compressor; FILE.checkpoint is written on the way and gone on from
${modelHelp}
  --data FILE       JSON lines, or an array, of {"prompt", "answer"}, {"instruction", "output"}, {"messages"} or
                    {"conversations"}, prompts alone are read (default: made-up documents)
  --policy P        lococo (default) or locret+lococo
  --heads FILE|URL|NAME
                    retaining heads for locret+lococo (default: the model's own)
  --budget N        units kept per layer and KV head (default: as in reading)
  --kept-share X    share of the budget that is not for merged slots (default: 0.5, of locret+lococo 0.875)
  --chunk N         tokens read between two evictions (default: as in reading)
  --burst N         units beyond the budget before an eviction is made (default: 16)
  --positions P     where a key is when it is merged: slot, before rotation, or original, after it at its place
                    (default: as in reading)
  --kernel-size N   of the convolution, odd (default: 21)
  --steps N         documents to train on, one a step (default: 200)
  --length N        tokens of a document (default: 2048, or what fits)
  --rate X          learning rate at its highest (default: 0.002)
  --warm-up X       share of the steps in which the rate rises (default: 0.05)
${closingHelp}`

const flags = {
  ...trainingFlags,
  policy: { type: 'string' },
  heads: { type: 'string' },
  budget: { type: 'string' },
  'kept-share': { type: 'string' },
  chunk: { type: 'string' },
  burst: { type: 'string' },
  positions: { type: 'string' },
  'kernel-size': { type: 'string' },
} as const

/** `help` when that was asked for. Throws UsageError. */
export function parseTrainCompressor(
  args: readonly string[],
  defaultModel: string,
): TrainingCommand<CompressorSettings> | 'help' {
  const given = parseFlags(args, flags)
  if (given.help === true) return 'help'
  return trainingCommand<CompressorSettings>(given, defaultModel, {
    ...scheduleOf(given),
    ...defined({
      policy: oneOf('--policy', given.policy, ['lococo', 'locret+lococo'] as const),
      budget: whole('--budget', given.budget, 1),
      keptShare: real('--kept-share', given['kept-share'], 1),
      chunk: whole('--chunk', given.chunk, 1),
      burst: whole('--burst', given.burst, 0),
      positions: oneOf('--positions', given.positions, positionKinds),
      taps: whole('--kernel-size', given['kernel-size'], 1),
    }),
  })
}
