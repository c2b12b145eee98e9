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

/** Weights of the norms of queries, of keys and of values, where these are normed. */
export interface HeadNormWeights {
  /** (headSize) or (heads · headSize) */
  readonly query: Float32Array
  /** (headSize) or (kvHeads · headSize) */
  readonly key: Float32Array | undefined
  /** ones */
  readonly value?: Float32Array | undefined
}

/** Queries, keys and values of rows [q; k; v], in place: as many values together as there are weights. */
export function rmsNormHeads(
  qkv: Float32Array,
  weights: HeadNormWeights,
  { heads, kvHeads, headSize }: HeadShape,
  epsilon: number,
): void {
  const width = (heads + 2 * kvHeads) * headSize
  for (let row = 0; row < qkv.length / width; row++) {
    const queries = row * width
    const keys = queries + heads * headSize
    const values = keys + kvHeads * headSize
    for (const [first, end, weight] of [
      [queries, keys, weights.query],
      [keys, values, weights.key],
      [values, queries + width, weights.value],
    ] as const) {
      if (weight) qkv.set(rmsNorm(qkv.subarray(first, end), weight, epsilon), first)
    }
  }
}
