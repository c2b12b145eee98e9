// Settings of a compressor's training. A compressor is trained for one way of reading: its output channels are the merged
// slots, which follow from budget and kept share.
import type { CompressorOverrides, CompressorSettings, Reading } from '../../api/training.ts'
import { mergedSlots } from '../../plan/merging_shape.ts'
import { needs, type PolicyName } from '../../api/policies.ts'
import { chosenPolicy, resolveSettings } from '../../plan/settings.ts'
import { LongtabError } from '../../api/errors.ts'
import type { SettingOverrides, WeightStorage } from '../../api/settings.ts'
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
}

const usualLength = 2048

const usualPolicy = 'lococo' satisfies PolicyName

/** The settings of the engine that will use the compressor; the rest is the model's default. */
export function readingSettings(
  { budget, burst, chunk, positions, policy }: CompressorOverrides,
  weights: WeightStorage,
): SettingOverrides {
  const { name = usualPolicy, keptShare } = chosenPolicy({ policy })
  return {
    ...{ budget, burst, chunk, positions },
    allocation: 'even', // all KV heads share one convolution, which learns from all of them at once
    tail: 1,
    local: 0,
    policy: { name, keptShare },
    storage: { weights },
  }
}

/** Overrides over the defaults, which are those of reading with this model. Throws LongtabError `bad-setting`. */
export function resolveCompressorSettings(
  overrides: CompressorOverrides,
  model: ModelDescription,
): CompressorSettings {
  const { name = usualPolicy } = chosenPolicy(overrides)
  if (!needs(name, 'compressor')) {
    throw new LongtabError(
      'bad-setting',
      `policy ${name} merges nothing, so there is nothing to train; choose lococo or locret+lococo`,
    )
  }
  const { policy: _, ...others } = overrides
  const asked = { ...defaults, ...withoutUndefined<Omit<CompressorSettings, 'policy'>>(others) }
  const read = resolveSettings(readingSettings(overrides, 'f16'), model, { heads: {} })
  const { budget, burst, chunk, positions } = read
  const { keptShare = 1 } = read.policy
  const least = tokensToLearn(read)
  const length = asked.length ?? Math.min(model.maxPositions, Math.max(usualLength, least + chunk))
  const policy = { name, keptShare }
  const settings = { ...asked, budget, burst, chunk, positions, policy, length }
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
function tokensToLearn({ budget, burst, chunk }: Omit<Reading, 'policy'>): number {
  return (Math.floor((budget + burst) / chunk) + 1) * chunk + 1
}
