// How close an eviction was to another result, so that tests of other arithmetic can tell a near tie from a mistake.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'
import type { Eviction } from './select.ts'
import { sortable } from './select.ts'

/**
 * The smallest change of one score that changes which slots stay, over all evicting KV heads. Equal scores do not count,
 * since the later slot wins. Infinity where no score decided.
 * @param thresholds (evicting head, 2), from `select`
 */
export function margin(
  cache: LayerCache,
  thresholds: Uint32Array,
  evictions: readonly Eviction[],
): number {
  let smallest = Infinity
  for (const [i, { offset, pinned, occupied, first, last }] of evictions.entries()) {
    const scores = cache.scores.subarray(offset + pinned + first, offset + occupied - last)
    const threshold = scores.find((score) => sortable(score) === at(thresholds, 2 * i))
    if (threshold === undefined) continue
    const someTiesGo = at(thresholds, 2 * i + 1) > 0
    for (const score of scores) {
      if (score < threshold) smallest = Math.min(smallest, threshold - score)
      if (score > threshold && someTiesGo) smallest = Math.min(smallest, score - threshold)
    }
  }
  return smallest
}
