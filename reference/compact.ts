// Moves surviving rows down over evicted ones, in place and in document order.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'
import { sortable, type Eviction } from './select.ts'

/**
 * Afterwards `pinned` + `survivors` slots of every evicting KV head are occupied; the pinned ones are unchanged.
 * @param thresholds (evicting head, 2), from `select`
 */
export function compact(
  cache: LayerCache,
  thresholds: Uint32Array,
  evictions: readonly Eviction[],
): void {
  const headSize = cache.keys.length / cache.scores.length
  evictions.forEach((eviction, i) => {
    const { offset, pinned } = eviction
    survivors(cache, thresholds.subarray(2 * i, 2 * i + 2), eviction).forEach((slot, rank) => {
      const source = offset + slot
      const target = offset + pinned + rank
      cache.keys.copyWithin(target * headSize, source * headSize, (source + 1) * headSize)
      cache.values.copyWithin(target * headSize, source * headSize, (source + 1) * headSize)
      cache.scores[target] = at(cache.scores, source)
      cache.origins[target] = at(cache.origins, source)
    })
  })
}

/**
 * The slots of one KV head, from `pinned` on, that stay: ascending.
 * @param threshold (2): the head's, from `select`
 */
export function survivors(
  cache: LayerCache,
  threshold: Uint32Array,
  { offset, pinned, occupied, first, last }: Eviction,
): Uint32Array {
  let tiesToGo = at(threshold, 1)
  const staying: number[] = []
  for (let slot = pinned; slot < occupied; slot++) {
    const isProtected = slot < pinned + first || slot >= occupied - last
    const key = sortable(at(cache.scores, offset + slot))
    if (isProtected || key > at(threshold, 0)) staying.push(slot)
    else if (key === at(threshold, 0)) {
      if (tiesToGo > 0) tiesToGo--
      else staying.push(slot)
    }
  }
  return Uint32Array.from(staying)
}
