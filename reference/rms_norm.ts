// Root-mean-square norm of each row.
import { at } from './at.ts'
import type { HeadShape } from './model.ts'

/**
 * x / √(mean(x²) + epsilon) · weight, row by row.
 * @param x (rows, width)
 * @param weight (width)
 * @returns (rows, width)
 */
export function rmsNorm(x: Float32Array, weight: Float32Array, epsilon: number): Float32Array {
  const width = weight.length
  const rows = x.length / width
  const output = new Float32Array(x.length)
  for (let row = 0; row < rows; row++) {
    let squares = 0
    for (let i = 0; i < width; i++) squares += at(x, row * width + i) ** 2
    const scale = 1 / Math.sqrt(squares / width + epsilon)
    for (let i = 0; i < width; i++) {
      output[row * width + i] = at(x, row * width + i) * scale * at(weight, i)
    }
  }
  return output
}

/** Every query head and every key head of rows [q; k; v], in place. */
export function rmsNormHeads(
  qkv: Float32Array,
  weights: { readonly query: Float32Array; readonly key: Float32Array },
  { heads, kvHeads, headSize }: HeadShape,
  epsilon: number,
): void {
  const width = (heads + 2 * kvHeads) * headSize
  for (let row = 0; row < qkv.length / width; row++) {
    for (let head = 0; head < heads + kvHeads; head++) {
      const start = row * width + head * headSize
      const weight = head < heads ? weights.query : weights.key
      qkv.set(rmsNorm(qkv.subarray(start, start + headSize), weight, epsilon), start)
    }
  }
}
