// Appends new keys (before rotation) and values to the next free slots.
import type { CacheStorage } from '../src/api/settings.ts'
import { at } from './at.ts'
import { kept } from './cache_rows.ts'
import type { HeadShape, LayerCache } from './model.ts'

/**
 * Row r goes to slot firstSlots[kvHead] + r of every KV head, with origin `firstOrigin` + r.
 * @param qkv (rows, (heads + 2·kvHeads) · headSize) = [q; k; v]
 * @param storage by which the rows are rounded; f16 counts as exact
 */
export function append(
  qkv: Float32Array,
  cache: LayerCache,
  shape: HeadShape,
  firstSlots: readonly number[],
  firstOrigin: number,
  storage: CacheStorage = 'f32',
): void {
  const { heads, kvHeads, headSize } = shape
  const width = (heads + 2 * kvHeads) * headSize
  const rows = qkv.length / width
  for (let row = 0; row < rows; row++) {
    for (const [kvHead, { offset }] of cache.heads.entries()) {
      const key = row * width + (heads + kvHead) * headSize
      const value = key + kvHeads * headSize
      const slot = offset + at(firstSlots, kvHead) + row
      const left = (from: number) => kept(qkv.subarray(from, from + headSize), headSize, storage)
      cache.keys.set(left(key), slot * headSize)
      cache.values.set(left(value), slot * headSize)
      cache.origins[slot] = firstOrigin + row
    }
  }
}
