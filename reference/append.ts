// New keys (before rotation) and values into the next free slots.
import type { HeadShape, LayerCache } from './model.ts'

/**
 * Row r goes to slot `firstSlot` + r of every KV head, with origin `firstOrigin` + r.
 * @param qkv (rows, (heads + 2·kvHeads) · headSize) = [q; k; v]
 */
export function append(
  qkv: Float32Array,
  cache: LayerCache,
  shape: HeadShape,
  firstSlot: number,
  firstOrigin: number,
): void {
  const { heads, kvHeads, headSize } = shape
  const width = (heads + 2 * kvHeads) * headSize
  const rows = qkv.length / width
  for (let row = 0; row < rows; row++) {
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
      const key = row * width + (heads + kvHead) * headSize
      const value = key + kvHeads * headSize
      const slot = kvHead * cache.slots + firstSlot + row
      cache.keys.set(qkv.subarray(key, key + headSize), slot * headSize)
      cache.values.set(qkv.subarray(value, value + headSize), slot * headSize)
      cache.origins[slot] = firstOrigin + row
    }
  }
}
