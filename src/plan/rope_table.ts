// The rope table that common/rotary.wgsl reads: cos and sin of every digit of a position, for every pair of a head.
import { paddedHead } from './cache_bytes.ts'
import type { ModelDescription, Rotary } from '../api/description.ts'
import { inLayer } from '../model/layer_shape.ts'

/** As in common/rotary.wgsl: positions are taken digit by digit in this base, up to base³. */
export const radix = 512
const digits = 3

/** Positions the table covers. */
export const mostPositions = radix ** digits

/**
 * (digit, value, pair) of (cos, sin), pairs padded to the cache row with rotations by zero. Angles are exact; the gain is in
 * the lowest digit, which every position has.
 * @param positions the buffer reaches at most; LongRoPE chooses its frequencies by it, once and for all
 */
export function ropeTable(
  headSize: number,
  { frequencies, long, gain }: Rotary,
  positions: number,
): Float32Array<ArrayBuffer> {
  const chosen = long && positions > long.above ? long.frequencies : frequencies
  const pairs = paddedHead(headSize) / 2
  const table = new Float32Array(digits * radix * pairs * 2)
  let at = 0
  for (let digit = 0; digit < digits; digit++) {
    for (let value = 0; value < radix; value++) {
      const position = value * radix ** digit
      for (let pair = 0; pair < pairs; pair++) {
        const frequency = chosen[pair]
        const factor = digit === 0 && frequency !== undefined ? gain : 1
        const angle = position * (frequency ?? 0)
        table[at++] = factor * Math.cos(angle)
        table[at++] = factor * Math.sin(angle)
      }
    }
  }
  return table
}

export function ropeTableBytes(headSize: number): number {
  return digits * radix * paddedHead(headSize) * 4
}

/** The rotary embeddings of a model, each with the size of the heads that it turns. */
export function rotaries(model: ModelDescription): ReadonlyMap<Rotary, number> {
  return new Map(
    model.attention.flatMap((own, layer) =>
      own ? [[own.rotary, inLayer(model, layer).headSize] as const] : [],
    ),
  )
}
