// H2O's sum of all attention a slot ever got, divided by the number of queries that could see its token.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'

/**
 * Carries the means in `cache.scores` on by a block of queries, whose own tokens start with its sums.
 * @param sums (kvHead, occupied), over the block's queries
 * @param firstOrigin of the block, which has `rows` tokens
 */
export function runningMean(
  sums: Float32Array,
  cache: LayerCache,
  kvHeads: number,
  firstOrigin: number,
  rows: number,
): void {
  const { slots } = cache
  const occupied = sums.length / kvHeads
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    for (let slot = 0; slot < occupied; slot++) {
      const index = kvHead * slots + slot
      const origin = at(cache.origins, index)
      const queriesBefore = Math.max(0, firstOrigin - origin)
      const before = queriesBefore === 0 ? 0 : at(cache.scores, index) * queriesBefore
      const sum = before + at(sums, kvHead * occupied + slot)
      cache.scores[index] = sum / (firstOrigin + rows - origin)
    }
  }
}
