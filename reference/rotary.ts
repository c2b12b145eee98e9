// Rotary position embedding on interleaved pairs: dimensions (2i, 2i+1) of a head are rotated together.
import type { Rotary } from '../src/api/description.ts'
import { at } from './at.ts'

/**
 * Rotates one head's query or key to a position. Dimensions past the last pair are unchanged.
 * @param vector (headSize)
 * @returns (headSize)
 */
export function rotate(
  vector: Float32Array,
  position: number,
  { frequencies, gain }: Pick<Rotary, 'frequencies' | 'gain'>,
): Float32Array {
  const turned = vector.slice()
  frequencies.forEach((frequency, pair) => {
    const angle = position * frequency
    const x = at(vector, 2 * pair)
    const y = at(vector, 2 * pair + 1)
    turned[2 * pair] = gain * (x * Math.cos(angle) - y * Math.sin(angle))
    turned[2 * pair + 1] = gain * (y * Math.cos(angle) + x * Math.sin(angle))
  })
  return turned
}

/** The rotary embedding for a buffer of `positions`: LongRoPE has other frequencies for long ones. */
export function within(rotary: Rotary, positions: number): Rotary {
  const { long, gain } = rotary
  if (long === undefined || positions <= long.above) return rotary
  return { frequencies: long.frequencies, gain }
}
