// Rotary position embedding on interleaved pairs: dimensions (2i, 2i+1) of a head turn together.
import type { Rotary } from '../src/model/description.ts'
import { at } from './at.ts'

/**
 * Turn per position of each pair, base^(−2i / rotated), rounded to f32 in the steps `transformers` rounds in.
 * @returns (rotated / 2)
 */
export function inverseFrequencies({ base, rotated }: Rotary): Float32Array {
  const frequencies = new Float32Array(rotated / 2)
  for (let pair = 0; pair < rotated / 2; pair++) {
    const wavelength = Math.fround(base ** Math.fround((2 * pair) / rotated))
    frequencies[pair] = 1 / wavelength
  }
  return frequencies
}

/**
 * One head's query or key turned to a position; dimensions past the last pair pass unchanged.
 * @param vector (headSize)
 * @param frequencies (rotated / 2)
 * @returns (headSize)
 */
export function rotate(
  vector: Float32Array,
  position: number,
  frequencies: Float32Array,
): Float32Array {
  const turned = vector.slice()
  frequencies.forEach((frequency, pair) => {
    const angle = position * frequency
    const x = at(vector, 2 * pair)
    const y = at(vector, 2 * pair + 1)
    turned[2 * pair] = x * Math.cos(angle) - y * Math.sin(angle)
    turned[2 * pair + 1] = y * Math.cos(angle) + x * Math.sin(angle)
  })
  return turned
}
