// NACL's draw (arXiv 2408.03675): Gumbel noise on the scores of slots that are not certain to stay.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'
import { uniform } from './random.ts'
import { sortable, type Eviction } from './select.ts'

/** The least step of `uniform`: zero has no logarithm. */
const least = 2 ** -24

/** @param thresholds (evicting head, 2), from `select`, for the slots that are certain to stay */
export function drawScores(
  cache: LayerCache,
  evictions: readonly Eviction[],
  thresholds: Uint32Array,
  seed: number,
  layer: number,
): void {
  for (const [i, { offset, pinned, occupied }] of evictions.entries()) {
    const kvHead = cache.heads.findIndex((head) => head.offset === offset)
    for (let slot = offset + pinned; slot < offset + occupied; slot++) {
      const score = at(cache.scores, slot)
      const luck = uniform(seed, layer, kvHead, at(cache.origins, slot))
      const wait = Math.max(-Math.log(Math.max(luck, least)), least)
      const certain = sortable(score) >= at(thresholds, 2 * i)
      cache.scores[slot] = certain ? 3.4e38 : score - Math.log(wait)
    }
  }
}
