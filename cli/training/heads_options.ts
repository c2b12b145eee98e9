// The command line of `npm run train-heads`: its flags, and every error that can be found without a browser.
import { labelKinds, type TrainingSettings } from '../../src/api/training.ts'
import { hubHelp } from '../models/flags.ts'
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
  label: oneOf(
    'L',
    labelKinds,
    'what a head learns of an answer’s tokens',
    ': share is the largest share of attention that one gives, answer the largest score instead, as Locret, repeat the share while the model repeats the document, as KVzip (default: share)',
  ),
  reply: whole(
    1,
    'tokens of a question and its answer at most; longer answers lose their end (default: 256)',
  ),
  questions: whole(1, 'questions asked of one document at most (default: 4)'),
  smoothing: real(
    Infinity,
    'weight of the squared step between the scores of neighbours: its mean inside a layer, summed over layers, while the error is a mean over layers too (default: 0.0025)',
  ),
}

const flags = {
  ...fileFlags,
  dR: whole(1, 'width of the heads’ hidden layer; official heads have 1024 (default: 256)'),
  ...settingFlags,
  ...runFlags,
}

/** What `--help` says. */
export const description = {
  usage: called('train heads', '--out heads.safetensors [options]'),
  about: 'Trains retaining heads for a model, on the GPU. The model itself is not changed.',
  flags,
  closing: hubHelp,
}

/** Throws UsageError. */
export function parseTrainHeads(
  args: readonly string[],
  defaultModel: string,
): TrainingCommand<TrainingSettings> {
  const given = commandLine(description, args)
  return trainingCommand<TrainingSettings>(given, defaultModel, {
    ...only(given, settingFlags),
    ...(given.dR === undefined ? {} : { hidden: given.dR }),
  })
}
