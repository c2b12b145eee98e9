// Knorm (arXiv 2406.11430): a key's score is minus its length.
import { at, dot } from './at.ts'
import type { LayerCache } from './model.ts'

/** Scores the keys in `rows` slots of every KV head, from its first slot on. */
export function keyNorm(cache: LayerCache, firstSlots: readonly number[], rows: number): void {
  const headSize = cache.keys.length / cache.scores.length
  for (const [kvHead, { offset }] of cache.heads.entries()) {
    for (let row = 0; row < rows; row++) {
      const slot = offset + at(firstSlots, kvHead) + row
      const key = slot * headSize
      cache.scores[slot] = -Math.sqrt(dot(cache.keys, key, cache.keys, key, headSize))
    }
  }
}
