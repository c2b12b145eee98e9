// The counted cost of policies that merge, for a compressor of the paper's kernel size and each policy's default kept
// share.
import { mergingCost, type MergingCost } from '../plan/merging_cost.ts'
import { mergedSlots } from '../plan/merging_shape.ts'
import { needs, policyTraits, policyNames, type PolicyName } from '../api/policies.ts'
import type { ShapeRecord } from './record.ts'
import { describeShape } from './shapes.ts'

/** LoCoCo §4 */
const taps = 21

export interface CountedMerging extends MergingCost {
  readonly policy: PolicyName
  readonly merged: number
}

export function countMerging({ shape, settings }: Pick<ShapeRecord, 'shape' | 'settings'>) {
  return policyNames
    .filter((policy) => needs(policy, 'compressor'))
    .map((policy): CountedMerging => {
      const { own = {}, burst = 0 } = policyTraits[policy]
      const merged = mergedSlots({ budget: settings.budget, policy: own })
      const cost = mergingCost(describeShape(shape), { merged, taps }, { ...settings, burst })
      return { policy, merged, ...cost }
    })
}
