// How close an eviction came to deciding otherwise, so that tests of other arithmetic can tell a near tie from a mistake.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'
import type { Eviction } from './select.ts'
import { sortable } from './select.ts'

/**
 * The smallest change of one score that changes which slots stay, over all KV heads; exactly equal scores are no close
 * call, since the later slot wins. Infinity where no score was in question.
 * @param thresholds (kvHead, 2), from `select`
 */
export function margin(cache: LayerCache, thresholds: Uint32Array, eviction: Eviction): number {
  const begin = eviction.from + eviction.first
  const end = eviction.occupied - eviction.last
  let smallest = Infinity
  for (let kvHead = 0; kvHead < thresholds.length / 2; kvHead++) {
    const row = kvHead * cache.slots
    const scores = cache.scores.subarray(row + begin, row + end)
    const threshold = scores.find((score) => sortable(score) === at(thresholds, 2 * kvHead))
    if (threshold === undefined) continue
    const someTiesGo = at(thresholds, 2 * kvHead + 1) > 0
    for (const score of scores) {
      if (score < threshold) smallest = Math.min(smallest, threshold - score)
      if (score > threshold && someTiesGo) smallest = Math.min(smallest, score - threshold)
    }
  }
  return smallest
}
