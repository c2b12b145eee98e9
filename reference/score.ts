// The retaining head's second half: one score per token and KV head, written beside the keys it judges.
import { at } from './at.ts'
import { silu } from './gate.ts'
import type { LayerCache } from './model.ts'

/**
 * scores[kvHead][firstSlot + row] = Σⱼ fc2[kvHead][j] · silu(hidden[row][j])
 * @param hidden (rows, width) = fc1 · [q; k; v], q and k before rotation
 * @param fc2 (kvHeads, width)
 */
export function score(
  hidden: Float32Array,
  fc2: Float32Array,
  cache: LayerCache,
  kvHeads: number,
  firstSlot: number,
): void {
  const width = fc2.length / kvHeads
  const rows = hidden.length / width
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let j = 0; j < width; j++) {
        sum += at(fc2, kvHead * width + j) * silu(at(hidden, row * width + j))
      }
      cache.scores[kvHead * cache.slots + firstSlot + row] = sum
    }
  }
}
