// LFM2's gated short convolution (transformers, `Lfm2ShortConv`), over all tokens of a text so far.
import { at } from './at.ts'

/**
 * @param gates (rows, 3·width) = [input gate; output gate; value]
 * @param weights (width, taps), the oldest token first
 * @param before (tokens, width): inputs of the tokens before the rows
 * @returns convolved (rows, width), and the inputs of the rows (rows, width)
 */
export function shortConvolution(
  gates: Float32Array,
  weights: Float32Array,
  before: Float32Array,
  width: number,
): { readonly convolved: Float32Array; readonly inputs: Float32Array } {
  const rows = gates.length / (3 * width)
  const taps = weights.length / width
  const gateAt = (row: number, part: number, channel: number) =>
    at(gates, (3 * row + part) * width + channel)
  const inputs = new Float32Array(rows * width)
  const convolved = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < width; channel++) {
      inputs[row * width + channel] = gateAt(row, 0, channel) * gateAt(row, 2, channel)
    }
  }
  const all = Float32Array.from([...before, ...inputs])
  const first = before.length / width
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < width; channel++) {
      let sum = 0
      for (let tap = 0; tap < taps; tap++) {
        const token = first + row - (taps - 1) + tap
        if (token >= 0) sum += at(weights, channel * taps + tap) * at(all, token * width + channel)
      }
      convolved[row * width + channel] = gateAt(row, 1, channel) * sum
    }
  }
  return { convolved, inputs }
}
