// The gated non-linearity of the feed-forward layer: silu(gate) · up, or gelu(gate) · up.
import type { Activation } from '../src/api/description.ts'
import { at } from './at.ts'

/**
 * @param gateUp (rows, 2·feedForward) = [gate; up]
 * @returns (rows, feedForward)
 */
export function gate(
  gateUp: Float32Array,
  feedForward: number,
  activation: Activation,
): Float32Array {
  const activate = { silu, gelu }[activation]
  const rows = gateUp.length / (2 * feedForward)
  const output = new Float32Array(rows * feedForward)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < feedForward; i++) {
      const start = row * 2 * feedForward
      output[row * feedForward + i] =
        activate(at(gateUp, start + i)) * at(gateUp, start + feedForward + i)
    }
  }
  return output
}

/** The tanh form: x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2 */
export function gelu(x: number): number {
  return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
}

/** x · sigmoid(x) */
export function silu(x: number): number {
  return x / (1 + Math.exp(-x))
}

/** values · sigmoid(gates): attention's output gate */
export function sigmoidGate(values: Float32Array, gates: Float32Array): Float32Array {
  return values.map((value, i) => value / (1 + Math.exp(-at(gates, i))))
}
