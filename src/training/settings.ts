// What a training of retaining heads can be told, with the official values (Locret `train.py`, paper §4.1) where they fit
// a run of any length.
import { LongtabError } from '../errors.ts'

/**
 * What the heads learn to predict of a token, per KV head.
 * `share`: the logarithm of the largest share of attention that an answer's tokens give it. Ours: scores of different
 * queries do not compare, shares do.
 * `answer`: the largest attention score an answer's tokens give it (Locret §3.3).
 * `repeat`: as `share`, while the model repeats the context (KVzip, arXiv 2505.23416): no question needed.
 */
export type LabelKind = (typeof labelKinds)[number]
export const labelKinds = ['share', 'answer', 'repeat'] as const

/**
 * The label that a score of 0 stands for, and the least that counts: which of the tokens nobody looks at got a share of
 * e⁻⁹ and which e⁻¹² is not worth learning. Undefined where labels are learned as they are.
 */
export const leastLabel: Readonly<Record<LabelKind, number | undefined>> = {
  share: -6,
  answer: undefined,
  repeat: -6,
}

export interface TrainingSettings {
  /** documents to train on, one a step */
  readonly steps: number
  /** d_R: width of the heads' hidden layer */
  readonly hidden: number
  readonly label: LabelKind
  /** tokens of a document at most; longer ones lose their middle */
  readonly length: number
  /** tokens of a question and its answer at most */
  readonly reply: number
  /** questions asked of one document at most */
  readonly questions: number
  /** of AdamW, at its highest */
  readonly rate: number
  /** share of the steps in which the rate rises; it then falls to 0 in a straight line */
  readonly warmUp: number
  /** weight of the squared step between neighbours: a mean inside a layer, summed over layers as the official code does */
  readonly smoothing: number
  /** steps between two looks at documents held out */
  readonly lookEvery: number
  /** documents held out */
  readonly heldOut: number
  readonly seed: number
}

export const defaultTrainingSettings: TrainingSettings = {
  steps: 400,
  hidden: 256,
  label: 'share',
  length: 2048,
  reply: 256,
  questions: 4,
  rate: 2e-3,
  warmUp: 0.1,
  smoothing: 0.0025,
  lookEvery: 25,
  heldOut: 4,
  seed: 0,
}

/** AdamW beside the rate, and the clip of every gradient value: `train.py`. */
export const optimizer = {
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clip: 0.5,
} as const

/**
 * Wishes over the defaults. Throws LongtabError `bad-setting`.
 * @param maxPositions of the model: context and reply must fit in it
 */
export function settleTraining(
  wished: Partial<TrainingSettings>,
  maxPositions: number,
): TrainingSettings {
  const reply =
    wished.reply ?? Math.min(defaultTrainingSettings.reply, Math.floor(maxPositions / 4))
  const label = wished.label ?? defaultTrainingSettings.label
  const room = label === 'repeat' ? Math.floor((maxPositions - reply) / 2) : maxPositions - reply
  const length = wished.length ?? Math.min(defaultTrainingSettings.length, room)
  const settings = { ...defaultTrainingSettings, ...withoutUndefined(wished), reply, label, length }
  for (const name of ['steps', 'hidden', 'length', 'reply', 'questions', 'lookEvery'] as const) {
    requireInteger(name, settings[name], 1)
  }
  for (const name of ['heldOut', 'seed'] as const) requireInteger(name, settings[name], 0)
  if (!(settings.rate > 0 && settings.rate < 1)) {
    throw new LongtabError('bad-setting', `the rate must lie between 0 and 1, not ${settings.rate}`)
  }
  if (!(settings.warmUp >= 0 && settings.warmUp <= 1)) {
    throw new LongtabError('bad-setting', `the warm-up must be a share 0…1, not ${settings.warmUp}`)
  }
  if (!(settings.smoothing >= 0)) {
    throw new LongtabError(
      'bad-setting',
      `smoothing must not be below 0, and is ${settings.smoothing}`,
    )
  }
  if (length > room) {
    const asked = label === 'repeat' ? `twice ${length}` : String(length)
    throw new LongtabError(
      'bad-setting',
      `a training length of ${asked} and a reply of ${reply} are more than the ${maxPositions} positions of the model; lower the length to ${room}`,
    )
  }
  return settings
}

/** Factor of the rate at a step counted from 0: up in a straight line, then down to 0. */
export function rateFactor(step: number, { steps, warmUp }: TrainingSettings): number {
  const warm = Math.max(1, Math.round(steps * warmUp))
  if (step < warm) return (step + 1) / warm
  return (steps - step) / Math.max(1, steps - warm)
}

function withoutUndefined(wished: Partial<TrainingSettings>): Partial<TrainingSettings> {
  return Object.fromEntries(
    Object.entries<unknown>(wished).filter(([, value]) => value !== undefined),
  )
}

function requireInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new LongtabError(
    'bad-setting',
    `${name} must be a whole number of at least ${least}, not ${value}`,
  )
}
