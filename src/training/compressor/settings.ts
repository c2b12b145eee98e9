// Settings of a compressor's training. A compressor is trained for one way of reading: its output channels are the merged
// slots, which follow from budget and kept share.
import type { Reading, CompressorSettings } from '../../api/training.ts'
import { mergedSlots } from '../../plan/merging_shape.ts'
import { needs, type PolicyName } from '../../api/policies.ts'
import { settle } from '../../plan/settings.ts'
import { LongtabError } from '../../api/errors.ts'
import type { Settings } from '../../api/settings.ts'
import type { ModelDescription } from '../../api/description.ts'
import { requireInteger } from '../../plan/settings_rules.ts'
import { requireSchedule, withoutUndefined } from '../schedule.ts'

/** 200 steps and 21 taps: the paper's, for compression without changing the model. */
const defaults = {
  steps: 200,
  rate: 2e-3,
  warmUp: 0.05,
  lookEvery: 20,
  heldOut: 4,
  seed: 0,
  taps: 21,
  policy: 'lococo' as PolicyName,
}

const usualLength = 2048

/** The settings of the engine that will use the compressor; the rest is the model's default. */
export function readingSettings(
  {
    policy,
    budget,
    chunk,
    keptShare,
    burst,
    positions,
  }: {
    readonly [Name in keyof Reading]?: Reading[Name] | undefined
  },
  weights: Settings['weights'],
): Partial<Settings> {
  const given = { policy, budget, chunk, keptShare, burst, positions, weights }
  // all KV heads with the same budget, since they share one convolution, which learns from all of them at once
  return { ...withoutUndefined<Settings>(given), allocation: 'even', tail: 1, local: 0 }
}

/** Overrides over the defaults, which are those of reading with this model. Throws LongtabError `bad-setting`. */
export function settleCompressor(
  overrides: Partial<CompressorSettings>,
  model: ModelDescription,
): CompressorSettings {
  const asked = { ...defaults, ...withoutUndefined<CompressorSettings>(overrides) }
  if (!needs(asked.policy, 'compressor')) {
    throw new LongtabError(
      'bad-setting',
      `policy ${asked.policy} merges nothing, so there is nothing to train; choose lococo or locret+lococo`,
    )
  }
  const read = settle(readingSettings(asked, 'f16'), model, true)
  const { policy, budget, chunk, keptShare, burst, positions } = read
  const least = tokensToLearn(read)
  const length = asked.length ?? Math.min(model.maxPositions, Math.max(usualLength, least + chunk))
  const settings = { ...asked, policy, budget, chunk, keptShare, burst, positions, length }
  requireSchedule(settings)
  requireInteger('the kernel size', settings.taps, 1)
  if (settings.taps % 2 === 0) {
    throw new LongtabError('bad-setting', `the kernel size must be odd, not ${settings.taps}`)
  }
  if (mergedSlots(read) === 0) {
    throw new LongtabError(
      'bad-setting',
      `a kept share of ${keptShare} of ${budget} leaves no slot to merge into; lower the kept share`,
    )
  }
  if (length > model.maxPositions) {
    throw new LongtabError(
      'bad-setting',
      `a training length of ${length} is more than the ${model.maxPositions} positions of the model; lower the length`,
    )
  }
  if (length < least) {
    throw new LongtabError(
      'bad-setting',
      `a training length of ${length} ends before what was merged is looked at: that begins at token ${least}; raise the length or lower budget and chunk`,
    )
  }
  return settings
}

/** Tokens up to the first that sees merged slots. */
function tokensToLearn({ budget, burst, chunk }: Reading): number {
  return (Math.floor((budget + burst) / chunk) + 1) * chunk + 1
}
