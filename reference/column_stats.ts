// How much attention each slot got from a block of queries: the attention matrix written out, then one number per column.
import { at } from './at.ts'
import { rotatedKeys, scoresOf, softmax } from './attend.ts'
import type { AttentionShape, LayerCache } from './model.ts'
import { rotate } from './rotary.ts'

export type ColumnMeasure = 'largestScore' | 'largestLogShare' | 'sumOfShares'

export interface AskedRows {
  /** rows of qkv that ask */
  readonly firstRow: number
  readonly rows: number
  /** slot and rotary position of row 0 */
  readonly firstSlot: number
  readonly firstPosition: number
}

/**
 * One number per KV head and slot, over all asked rows that see the slot and all query heads of the group.
 * @param qkv (rows, (heads + 2·kvHeads) · headSize); only q is read
 * @param positions (kvHead, slot), the rotary position of the key in each slot
 * @returns (kvHead, slots); −1e30 or 0 where nobody sees the slot
 */
export function columnStats(
  measure: ColumnMeasure,
  qkv: Float32Array,
  cache: LayerCache,
  positions: Uint32Array,
  shape: AttentionShape,
  { firstRow, rows, firstSlot, firstPosition }: AskedRows,
  slots: number,
): Float32Array {
  const { heads, kvHeads, headSize, window = Infinity } = shape
  const width = (heads + 2 * kvHeads) * headSize
  const keys = rotatedKeys(cache, positions, shape, firstSlot + firstRow + rows)
  const stats = new Float32Array(kvHeads * slots).fill(measure === 'sumOfShares' ? 0 : -1e30)
  for (let row = firstRow; row < firstRow + rows; row++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads))
      const start = row * width + head * headSize
      const query = rotate(qkv.subarray(start, start + headSize), firstPosition + row, shape.rotary)
      const visible = firstSlot + row + 1
      const scores = scoresOf(query, keys, kvHead * cache.slots, visible, shape)
      const shares = softmax(scores)
      for (let slot = Math.max(0, visible - window); slot < Math.min(slots, visible); slot++) {
        const column = kvHead * slots + slot
        const old = at(stats, column)
        const share = at(shares, slot)
        if (measure === 'sumOfShares') stats[column] = old + share
        else if (measure === 'largestLogShare') stats[column] = Math.max(old, Math.log(share))
        else stats[column] = Math.max(old, at(scores, slot))
      }
    }
  }
  return stats
}
