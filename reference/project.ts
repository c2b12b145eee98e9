// Matrix product with rows: every linear layer of the model.
import { at, dot } from './at.ts'

/**
 * output[row][o] = Σᵢ matrix[o][i] · x[row][i]
 * @param x (rows, width)
 * @param matrix (outputs, width)
 * @returns (rows, outputs)
 */
export function project(x: Float32Array, matrix: Float32Array, width: number): Float32Array {
  const output = new Float32Array((x.length / width) * (matrix.length / width))
  projectOnto(x, matrix, width, output)
  return output
}

/** Adds the product to `output` (rows, outputs): the residual connection. */
export function projectOnto(
  x: Float32Array,
  matrix: Float32Array,
  width: number,
  output: Float32Array,
): void {
  const rows = x.length / width
  const outputs = matrix.length / width
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < outputs; o++) {
      const sum = dot(matrix, o * width, x, row * width, width)
      output[row * outputs + o] = at(output, row * outputs + o) + sum
    }
  }
}

/** Adds a vector (width) to every row of x (rows, width). */
export function addBias(x: Float32Array, bias: Float32Array): Float32Array {
  return x.map((value, i) => value + at(bias, i % bias.length))
}
