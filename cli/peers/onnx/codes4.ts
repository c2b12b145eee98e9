// Weights in 4 bits as onnxruntime's MatMulNBits takes them and its own quantizer makes them. Blocks of 32 lie along a row.
// The code of zero is 8, and a block's largest weight is −8 steps.

export const blockWidth = 32

export interface Codes4 {
  /** (rows, blocks, 16): two codes to a byte, the first in the low half */
  readonly codes: Uint8Array
  /** (rows, blocks) */
  readonly scales: Float32Array
}

/**
 * @param values (rows, width)
 * @param width a multiple of 32
 */
export function codes4(values: Float32Array, width: number): Codes4 {
  if (width % blockWidth !== 0) throw new Error(`rows of ${width} are no whole blocks of 32`)
  const blocks = values.length / blockWidth
  const codes = new Uint8Array(values.length / 2)
  const scales = new Float32Array(blocks)
  for (let block = 0; block < blocks; block++) {
    const first = block * blockWidth
    let largest = 0
    for (let i = first; i < first + blockWidth; i++) {
      const value = values[i] ?? 0
      if (Math.abs(value) > Math.abs(largest)) largest = value
    }
    const scale = largest / -8
    scales[block] = scale
    for (let i = first; i < first + blockWidth; i++) {
      const code = scale === 0 ? 8 : Math.min(15, Math.round((values[i] ?? 0) / scale) + 8)
      const byte = i >> 1
      codes[byte] = (codes[byte] ?? 0) | (i % 2 === 0 ? code : code << 4)
    }
  }
  return { codes, scales }
}
