// Root-mean-square norm of each row.
import { at } from './at.ts'

/**
 * x / √(mean(x²) + epsilon) · weight, row by row.
 * @param x (rows, width)
 * @param weight (width)
 * @returns (rows, width)
 */
export function norm(x: Float32Array, weight: Float32Array, epsilon: number): Float32Array {
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
