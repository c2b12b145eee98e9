// Attention backward, for the keys and values of merged slots only.
import { at, dot } from './at.ts'
import { scoresOf, softmax } from './attend.ts'
import { headOf, type AttentionShape, type LayerCache } from './model.ts'
import { rotate } from './rotary.ts'
import { turnKeys } from './turn_keys.ts'

/**
 * Takes the rows of a block as `attend` does, and the slopes of its output. All KV heads have the same merged slots.
 * @param slopes (rows, heads · headSize): d loss / d output
 * @param rotates slopes of keys after rotation, as they were merged; else before
 * @returns (kvHead, merged, [k; v]): d loss / d merged row
 */
export function attendBackward(
  qkv: Float32Array,
  cache: LayerCache,
  positions: Uint32Array,
  shape: AttentionShape,
  firstSlots: readonly number[],
  slopes: Float32Array,
  rotates: boolean,
): Float32Array {
  const { heads, kvHeads, headSize, attentionCap, attentionScale, rotary } = shape
  const { first, end } = headOf(cache, 0).merged
  const width = (heads + 2 * kvHeads) * headSize
  const rows = qkv.length / width
  const keys = turnKeys(
    cache,
    positions,
    shape,
    firstSlots.map((slot) => slot + rows),
  )
  const merged = new Float64Array(kvHeads * (end - first) * 2 * headSize)
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads))
      const start = row * width + head * headSize
      const { offset } = headOf(cache, kvHead)
      const visible = at(firstSlots, kvHead) + row + 1
      const position = at(positions, offset + visible - 1)
      const query = rotate(qkv.subarray(start, start + headSize), position, rotary)
      const scores = scoresOf(query, keys, offset, visible, shape)
      const shares = softmax(scores)
      const slope = slopes.subarray((row * heads + head) * headSize)
      const worth = shares.map((_, slot) =>
        dot(slope, 0, cache.values, (offset + slot) * headSize, headSize),
      )
      const mean = shares.reduce((sum, share, slot) => sum + share * at(worth, slot), 0)
      for (let slot = first; slot < end; slot++) {
        const share = at(shares, slot)
        if (share === 0) continue // outside the window
        const flat = attentionCap === undefined ? 1 : 1 - (at(scores, slot) / attentionCap) ** 2
        const scoreSlope = attentionScale * share * (at(worth, slot) - mean) * flat
        const to = (kvHead * (end - first) + slot - first) * 2 * headSize
        for (let dim = 0; dim < headSize; dim++) {
          merged[to + dim] = at(merged, to + dim) + scoreSlope * at(query, dim)
          const value = to + headSize + dim
          merged[value] = at(merged, value) + share * at(slope, dim)
        }
      }
    }
  }
  const made = Float32Array.from(merged)
  for (let i = 0; !rotates && i < kvHeads * (end - first); i++) {
    const kvHead = Math.floor(i / (end - first))
    const position = at(positions, headOf(cache, kvHead).offset + first + (i % (end - first)))
    const row = made.subarray(2 * i * headSize, (2 * i + 1) * headSize)
    row.set(rotate(row, -position, rotary)) // the transpose of a rotation with a gain
  }
  return made
}
