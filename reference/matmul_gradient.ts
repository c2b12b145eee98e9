// Gradient of a projection's matrix: Σ over rows of output slope × input.
import { at } from './at.ts'

/**
 * @param slopes (rows, outs): d loss / d output
 * @param input (rows, ins)
 * @returns (outs, ins)
 */
export function matmulGradient(
  slopes: Float32Array,
  input: Float32Array,
  rows: number,
): Float32Array {
  const outs = slopes.length / rows
  const ins = input.length / rows
  const gradient = new Float32Array(outs * ins)
  for (let out = 0; out < outs; out++) {
    for (let i = 0; i < ins; i++) {
      let sum = 0
      for (let row = 0; row < rows; row++)
        sum += at(slopes, row * outs + out) * at(input, row * ins + i)
      gradient[out * ins + i] = sum
    }
  }
  return gradient
}
