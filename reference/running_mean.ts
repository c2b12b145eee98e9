// H2O's sum of all attention that a slot ever got, divided by the number of queries that could see its token.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'

/**
 * Updates the means in `cache.scores` with a block of queries. The block's own tokens start with its sums.
 * @param sums (kvHead, slot in use), over the block's queries
 * @param occupied (kvHead)
 * @param firstOrigin of the block, which has `rows` tokens
 */
export function runningMean(
  sums: Float32Array,
  cache: LayerCache,
  occupied: readonly number[],
  firstOrigin: number,
  rows: number,
): void {
  let next = 0 // index into `sums`
  for (const [kvHead, { offset }] of cache.heads.entries()) {
    for (let slot = 0; slot < at(occupied, kvHead); slot++) {
      const index = offset + slot
      const origin = at(cache.origins, index)
      const queriesBefore = Math.max(0, firstOrigin - origin)
      const before = queriesBefore === 0 ? 0 : at(cache.scores, index) * queriesBefore
      const sum = before + at(sums, next++)
      cache.scores[index] = sum / (firstOrigin + rows - origin)
    }
  }
}
