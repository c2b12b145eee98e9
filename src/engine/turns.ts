// The table of turns that common/rotary.wgsl reads: cos and sin of every digit of a position, for every pair of a head.
import { paddedHead } from '../cache/cache.ts'
import type { ModelDescription } from '../model/description.ts'

/** As in common/rotary.wgsl: positions are taken digit by digit in this base, up to base³. */
export const radix = 512
const digits = 3

/** Positions the table covers. */
export const mostPositions = radix ** digits

/**
 * (digit, value, pair) of (cos, sin), pairs padded to the cache row with turns by zero.
 * Inverse frequencies are rounded to f32 as `transformers` does, angles are exact.
 */
export function turnTable({
  headSize,
  rotary,
}: Pick<ModelDescription, 'headSize' | 'rotary'>): Float32Array<ArrayBuffer> {
  const pairs = paddedHead(headSize) / 2
  const table = new Float32Array(digits * radix * pairs * 2)
  let at = 0
  for (let digit = 0; digit < digits; digit++) {
    for (let value = 0; value < radix; value++) {
      const position = value * radix ** digit
      for (let pair = 0; pair < pairs; pair++) {
        const rotates = 2 * pair < rotary.rotated
        const frequency = Math.fround(
          1 / Math.fround(rotary.base ** Math.fround((2 * pair) / rotary.rotated)),
        )
        const angle = rotates ? position * frequency : 0
        table[at++] = Math.cos(angle)
        table[at++] = Math.sin(angle)
      }
    }
  }
  return table
}

export function turnTableBytes(headSize: number): number {
  return digits * radix * paddedHead(headSize) * 4
}
