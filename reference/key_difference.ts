// KeyDiff (arXiv 2504.15364): a slot's score is minus the cosine between its key and the mean of all keys scaled to
// length one.
import { at, dot } from './at.ts'
import { turnKeys } from './turn_keys.ts'
import { occupiedOf, type AttentionShape, type LayerCache } from './model.ts'
import type { Eviction } from './select.ts'

/**
 * Scores slots `pinned` … occupied − 1 of the evicting KV heads. The anchor is the mean over all occupied slots.
 * @param positions (kvHead, slot), the rotary position of the key in each slot
 */
export function keyDifference(
  cache: LayerCache,
  positions: Uint32Array,
  shape: AttentionShape,
  evictions: readonly Eviction[],
): void {
  const { headSize } = shape
  const keys = turnKeys(cache, positions, shape, occupiedOf(cache))
  for (const { offset, pinned, occupied } of evictions) {
    const start = (slot: number) => (offset + slot) * headSize
    const length = (slot: number) =>
      Math.sqrt(dot(keys, start(slot), keys, start(slot), headSize)) || 1e-12
    const anchor = new Float32Array(headSize)
    for (let slot = 0; slot < occupied; slot++) {
      for (let dim = 0; dim < headSize; dim++) {
        anchor[dim] = at(anchor, dim) + at(keys, start(slot) + dim) / length(slot) / occupied
      }
    }
    const anchorLength = Math.sqrt(dot(anchor, 0, anchor, 0, headSize)) || 1e-12
    for (let slot = pinned; slot < occupied; slot++) {
      const product = dot(anchor, 0, keys, start(slot), headSize)
      cache.scores[offset + slot] = -product / (length(slot) * anchorLength)
    }
  }
}
