// Surviving rows slide down over those that go, in place and in document order.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'
import { sortable, type Eviction } from './select.ts'

/**
 * Afterwards `from` + `places` slots are occupied; the pinned ones have not moved.
 * @param thresholds (kvHead, 2), from `select`
 */
export function compact(
  cache: LayerCache,
  kvHeads: number,
  thresholds: Uint32Array,
  eviction: Eviction,
): void {
  const headSize = cache.keys.length / (kvHeads * cache.slots)
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    survivors(cache, kvHead, thresholds, eviction).forEach((slot, rank) => {
      const source = kvHead * cache.slots + slot
      const target = kvHead * cache.slots + eviction.from + rank
      cache.keys.copyWithin(target * headSize, source * headSize, (source + 1) * headSize)
      cache.values.copyWithin(target * headSize, source * headSize, (source + 1) * headSize)
      cache.scores[target] = at(cache.scores, source)
      cache.origins[target] = at(cache.origins, source)
    })
  }
}

/** The slots of one KV head, from `from` on, that stay: ascending. */
export function survivors(
  cache: LayerCache,
  kvHead: number,
  thresholds: Uint32Array,
  { from, occupied, first, last }: Eviction,
): Uint32Array {
  const threshold = at(thresholds, 2 * kvHead)
  let tiesToGo = at(thresholds, 2 * kvHead + 1)
  const staying: number[] = []
  for (let slot = from; slot < occupied; slot++) {
    const isProtected = slot < from + first || slot >= occupied - last
    const key = sortable(at(cache.scores, kvHead * cache.slots + slot))
    if (isProtected || key > threshold) staying.push(slot)
    else if (key === threshold) {
      if (tiesToGo > 0) tiesToGo--
      else staying.push(slot)
    }
  }
  return Uint32Array.from(staying)
}
