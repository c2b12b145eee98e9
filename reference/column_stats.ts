// Attention that each slot got from a block of queries. Computes the whole attention matrix, then one number per column.
import { at } from './at.ts'
import { scoresOf, softmax } from './attend.ts'
import { headOf, type AttentionShape, type LayerCache } from './model.ts'
import { turnKeys } from './turn_keys.ts'
import { turnQuery } from './turn_query.ts'

export type ColumnMeasure = 'largestScore' | 'largestLogShare' | 'sumOfShares' | 'sumOfSquares'

export interface AskedRows {
  /** first row of qkv that is a query */
  readonly firstRow: number
  readonly rows: number
  /** (kvHead): slot of row 0, whose position is the slot's */
  readonly firstSlots: readonly number[]
}

/**
 * One number per KV head and slot, over all query rows that see the slot and all query heads of the group.
 * @param qkv (rows, (heads + 2·kvHeads) · headSize); only q is read
 * @param positions (kvHead, slot), the rotary position of the key in each slot
 * @param slots (kvHead): how many to measure
 * @returns (kvHead, slot); −1e30 or 0 where no query sees the slot
 */
export function columnStats(
  measure: ColumnMeasure,
  qkv: Float32Array,
  cache: LayerCache,
  positions: Uint32Array,
  shape: AttentionShape,
  { firstRow, rows, firstSlots }: AskedRows,
  slots: readonly number[],
): Float32Array {
  const { heads, kvHeads, headSize, window = Infinity } = shape
  const width = (heads + 2 * kvHeads) * headSize
  const occupied = firstSlots.map((slot) => slot + firstRow + rows)
  const keys = turnKeys(cache, positions, shape, occupied)
  const starts = slots.map((_, kvHead) => slots.slice(0, kvHead).reduce((a, b) => a + b, 0))
  const all = slots.reduce((a, b) => a + b, 0)
  const stats = new Float32Array(all).fill(measure.startsWith('sum') ? 0 : -1e30)
  for (let row = firstRow; row < firstRow + rows; row++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads))
      const start = row * width + head * headSize
      const { offset } = headOf(cache, kvHead)
      const visible = at(firstSlots, kvHead) + row + 1
      const position = at(positions, offset + visible - 1)
      const query = turnQuery(qkv.subarray(start, start + headSize), position, shape)
      const scores = scoresOf(query, keys, offset, visible, shape)
      const shares = softmax(scores)
      const end = Math.min(at(slots, kvHead), visible)
      for (let slot = Math.max(0, visible - window); slot < end; slot++) {
        const column = at(starts, kvHead) + slot
        const old = at(stats, column)
        const share = at(shares, slot)
        if (measure === 'sumOfShares') stats[column] = old + share
        else if (measure === 'sumOfSquares') stats[column] = old + share * share
        else if (measure === 'largestLogShare') stats[column] = Math.max(old, Math.log(share))
        else stats[column] = Math.max(old, at(scores, slot))
      }
    }
  }
  return stats
}
