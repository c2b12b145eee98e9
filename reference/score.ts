// The retaining head's second half: one score per token and KV head.
import { at } from './at.ts'
import { silu } from './gate.ts'
import type { LayerCache, RetainingHead } from './model.ts'

/**
 * scores[kvHead][firstSlots[kvHead] + row] = Σⱼ fc2[kvHead][j] · silu(hidden[row][j] + bias[j])
 * @param hidden (rows, width) = fc1 · [q; k; v], q and k before rotation
 */
export function score(
  hidden: Float32Array,
  { fc2, bias }: Pick<RetainingHead, 'fc2' | 'bias'>,
  cache: LayerCache,
  firstSlots: readonly number[],
): void {
  const width = fc2.length / cache.heads.length
  const rows = hidden.length / width
  for (const [kvHead, { offset }] of cache.heads.entries()) {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let j = 0; j < width; j++) {
        const x = at(hidden, row * width + j) + (bias ? at(bias, j) : 0)
        sum += at(fc2, kvHead * width + j) * silu(x)
      }
      cache.scores[offset + at(firstSlots, kvHead) + row] = sum
    }
  }
}
