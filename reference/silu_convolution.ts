// The convolution of a gated delta net (transformers, `Qwen3_5GatedDeltaNet`), every channel by itself.
import { at } from './at.ts'
import { silu } from './gate.ts'

/**
 * @param inputs (rows, width)
 * @param weights (width, taps), the oldest token first
 * @param before (tokens, width): inputs of the tokens before the rows
 * @returns (rows, width)
 */
export function siluConvolution(
  inputs: Float32Array,
  weights: Float32Array,
  before: Float32Array,
  width: number,
): Float32Array {
  const taps = weights.length / width
  const all = Float32Array.from([...before, ...inputs])
  return inputs.map((_, place) => {
    const channel = place % width
    const token = (before.length + place - channel) / width
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const seen = token - (taps - 1) + tap
      if (seen >= 0) sum += at(weights, channel * taps + tap) * at(all, seen * width + channel)
    }
    return silu(sum)
  })
}
