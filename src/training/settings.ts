// Settings of a training of retaining heads, with the official values (Locret `train.py`, paper §4.1) where they fit a
// run of any length.
import type { LabelKind, TrainingSettings } from '../api/training.ts'
import { LongtabError } from '../api/errors.ts'
import { requireInteger } from '../plan/settings_rules.ts'
import { requireSchedule, withoutUndefined } from './schedule.ts'

/**
 * The label that a score of 0 stands for, which is also the lowest label. Among tokens without attention, the difference
 * between shares of e⁻⁹ and e⁻¹² is not worth learning. Undefined where labels are learned as they are.
 */
export const leastLabel: Readonly<Record<LabelKind, number | undefined>> = {
  share: -6,
  answer: undefined,
  repeat: -6,
}

/**
 * Neighbours on either side for pooling (`Settings.pool`), written into the heads' file. The largest shares fall on
 * single tokens of a fact, but a fact is useful only as a whole. With APB's 2 the built-in model answers 96 % of
 * questions about logs at an eighth of their units, without pooling 81.5 %. The others follow their papers.
 */
export const usualPool: Readonly<Record<LabelKind, number>> = { share: 2, answer: 0, repeat: 0 }

/** Default settings of a training of heads, before they are scaled to the model. */
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

/** AdamW's constants, apart from learning rate and moments: `train.py`. */
export const optimizer = { weightDecay: 0.01, clip: 0.5 } as const

/**
 * Resolves all settings of a training of heads: the user's over the defaults, scaled to the model.
 * @param maxPositions of the model: context and reply must fit in it
 * @throws LongtabError `bad-setting`.
 */
export function resolveTrainingSettings(
  overrides: Partial<TrainingSettings>,
  maxPositions: number,
): TrainingSettings {
  const reply =
    overrides.reply ?? Math.min(defaultTrainingSettings.reply, Math.floor(maxPositions / 4))
  const label = overrides.label ?? defaultTrainingSettings.label
  const room = label === 'repeat' ? Math.floor((maxPositions - reply) / 2) : maxPositions - reply
  const length = overrides.length ?? Math.min(defaultTrainingSettings.length, room)
  const settings = {
    ...defaultTrainingSettings,
    ...withoutUndefined<TrainingSettings>(overrides),
    reply,
    label,
    length,
  }
  requireSchedule(settings)
  for (const name of ['hidden', 'reply', 'questions'] as const) {
    requireInteger(name, settings[name], 1)
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
