// Knorm (arXiv 2406.11430): a key's score is minus its length.
import { dot } from './at.ts'
import type { LayerCache } from './model.ts'

/** Scores the keys in `rows` slots from `firstSlot` on. */
export function keyNorm(cache: LayerCache, kvHeads: number, firstSlot: number, rows: number): void {
  const headSize = cache.keys.length / (kvHeads * cache.slots)
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    for (let row = 0; row < rows; row++) {
      const slot = kvHead * cache.slots + firstSlot + row
      const key = slot * headSize
      cache.scores[slot] = -Math.sqrt(dot(cache.keys, key, cache.keys, key, headSize))
    }
  }
}
