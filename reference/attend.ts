// Attention of a block of queries over the occupied slots, causal by slot. Keys are rotated here, not in the cache, so
// that a key's position can follow its slot when older slots are evicted.
import { at, dot } from './at.ts'
import { capped } from './cap.ts'
import { headOf, type AttentionShape, type LayerCache } from './model.ts'
import { turnKeys } from './turn_keys.ts'
import { turnQuery } from './turn_query.ts'

/**
 * The query of row r is in slot firstSlots[kvHead] + r and has that slot's position. It sees the slots up to its own, of
 * these the newest `window`.
 * @param qkv (rows, (heads + 2·kvHeads) · headSize) = [q; k; v]; only q is read
 * @param positions (kvHead, slot), the rotary position of the key in each slot
 * @param width values in a row of `qkv`, where q is not followed by k and v
 * @returns (rows, heads · headSize)
 */
export function attend(
  qkv: Float32Array,
  cache: LayerCache,
  positions: Uint32Array,
  shape: AttentionShape,
  firstSlots: readonly number[],
  width = (shape.heads + 2 * shape.kvHeads) * shape.headSize,
): Float32Array {
  const { heads, kvHeads, headSize } = shape
  const rows = qkv.length / width
  const occupied = firstSlots.map((slot) => slot + rows)
  const keys = turnKeys(cache, positions, shape, occupied)
  const output = new Float32Array(rows * heads * headSize)
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads))
      const start = row * width + head * headSize
      const plain = qkv.subarray(start, start + headSize)
      const { offset } = headOf(cache, kvHead)
      const visible = at(firstSlots, kvHead) + row + 1
      const query = turnQuery(plain, at(positions, offset + visible - 1), shape)
      const weights = softmax(scoresOf(query, keys, offset, visible, shape))
      for (let dim = 0; dim < headSize; dim++) {
        let sum = 0
        for (let slot = 0; slot < visible; slot++) {
          sum += at(weights, slot) * at(cache.values, (offset + slot) * headSize + dim)
        }
        output[(row * heads + head) * headSize + dim] = sum
      }
    }
  }
  return output
}

/**
 * Before softmax, −∞ outside the window.
 * @param query (headSize), rotated
 * @param keys (kvHead, slot, headSize), rotated
 * @param firstKey the KV head's slot 0
 * @returns (visible)
 */
export function scoresOf(
  query: Float32Array,
  keys: Float32Array,
  firstKey: number,
  visible: number,
  { headSize, attentionScale, attentionCap, window = Infinity }: AttentionShape,
): Float64Array {
  const scores = new Float64Array(visible).fill(-Infinity)
  for (let slot = Math.max(0, visible - window); slot < visible; slot++) {
    const product = dot(query, 0, keys, (firstKey + slot) * headSize, headSize)
    scores[slot] = capped(attentionScale * product, attentionCap)
  }
  return scores
}

/** exp(x − max) / Σ exp(x − max) */
export function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const powers = logits.map((logit) => Math.exp(logit - largest))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / total)
}
