// The feed-forward layer's non-linearity: silu(gate) · up.
import { at } from './at.ts'

/**
 * @param gateUp (rows, 2·feedForward) = [gate; up]
 * @returns (rows, feedForward)
 */
export function gate(gateUp: Float32Array, feedForward: number): Float32Array {
  const rows = gateUp.length / (2 * feedForward)
  const output = new Float32Array(rows * feedForward)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < feedForward; i++) {
      const start = row * 2 * feedForward
      output[row * feedForward + i] =
        silu(at(gateUp, start + i)) * at(gateUp, start + feedForward + i)
    }
  }
  return output
}

/** x · sigmoid(x) */
export function silu(x: number): number {
  return x / (1 + Math.exp(-x))
}
