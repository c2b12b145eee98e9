// Keys rotated to the positions of their slots, as attention compares them with its queries.
import { at } from './at.ts'
import type { AttentionShape, LayerCache } from './model.ts'
import { rotate } from './rotary.ts'

/**
 * @param positions (kvHead, slot), the rotary position of the key in each slot
 * @param occupied (kvHead): slots in use
 * @returns (kvHead, slot, headSize), zeros in slots that are not in use
 */
export function turnKeys(
  cache: LayerCache,
  positions: Uint32Array,
  { headSize, rotary }: AttentionShape,
  occupied: readonly number[],
): Float32Array {
  const turned = new Float32Array(cache.keys.length)
  for (const [kvHead, { offset }] of cache.heads.entries()) {
    for (let slot = 0; slot < at(occupied, kvHead); slot++) {
      const index = offset + slot
      const key = cache.keys.subarray(index * headSize, (index + 1) * headSize)
      turned.set(rotate(key, at(positions, index), rotary), index * headSize)
    }
  }
  return turned
}
