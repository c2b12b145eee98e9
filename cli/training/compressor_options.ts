// The command line of `npm run train-compressor`: its flags, and every error that can be found without a browser.
import type { CompressorOverrides } from '../../src/api/training.ts'
import { hubHelp, sourceFlags } from '../models/flags.ts'
import { settingFlags as reading } from '../models/setting_flags.ts'
import { called } from '../shell/called.ts'
import { oneOf, real, whole } from '../shell/flag.ts'
import { only, commandLine } from '../shell/command_line.ts'
import {
  fileFlags,
  runFlags,
  scheduleFlags,
  trainingCommand,
  type TrainingCommand,
} from './options.ts'

const settingFlags = {
  ...scheduleFlags,
  policy: oneOf(
    'P',
    ['lococo', 'locret+lococo'],
    'the policy that is to merge',
    ' (default: lococo)',
  ),
  budget: reading.budget,
  keptShare: real(
    1,
    'share of the budget that is not for merged slots (default: 0.5, of locret+lococo 0.875)',
  ),
  chunk: reading.chunk,
  burst: whole(0, 'units beyond the budget before an eviction is made (default: 16)'),
  positions: reading.positions,
}

const flags = {
  ...fileFlags,
  heads: sourceFlags.heads,
  kernelSize: whole(1, 'of the convolution, odd (default: 21)'),
  ...settingFlags,
  ...runFlags,
}

/** What `--help` says. */
export const description = {
  usage: called('train compressor', '--out compressor.safetensors [options]'),
  about:
    'Trains the convolutions that compute LoCoCo’s merge weights, on the GPU. Attention over the merged cache learns to give what attention over the full cache gives. The model itself is not changed.',
  flags,
  closing: hubHelp,
}

/** Throws UsageError. */
export function parseTrainCompressor(
  args: readonly string[],
  defaultModel: string,
): TrainingCommand<CompressorOverrides> {
  const given = commandLine(description, args)
  const { policy: name, keptShare, ...settings } = only(given, settingFlags)
  return trainingCommand<CompressorOverrides>(given, defaultModel, {
    ...settings,
    policy: { name, keptShare },
    ...(given.kernelSize === undefined ? {} : { taps: given.kernelSize }),
  })
}
