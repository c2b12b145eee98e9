// How the GPU stores rows: padded with zeros to whole vectors, as they are or as packed halves. The reference's arrays
// have no padding and see f16 as the f32 values that survive the rounding.
import { ceilDiv, type Storage } from '../gpu/kernel.ts'
import { fromHalf, packHalves, toHalf } from '../model/half.ts'

/** Rows of activations and matrices are padded to a multiple of this many values. */
export const matrixStep = 32
/** Rows of the cache are padded to a multiple of this many values. */
export const cacheStep = 8

export function paddedWidth(width: number, step = matrixStep): number {
  return ceilDiv(width, step) * step
}

/** values (row, width) → (row, padded width) */
export function padRows(values: Float32Array, width: number, step = matrixStep): Float32Array {
  const wide = paddedWidth(width, step)
  const rows = values.length / width
  const padded = new Float32Array(rows * wide)
  for (let row = 0; row < rows; row++) {
    padded.set(values.subarray(row * width, (row + 1) * width), row * wide)
  }
  return padded
}

/** padded (row, padded width) → (row, width) */
export function unpadRows(padded: Float32Array, width: number, step = matrixStep): Float32Array {
  const wide = paddedWidth(width, step)
  const rows = padded.length / wide
  const values = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    values.set(padded.subarray(row * wide, row * wide + width), row * width)
  }
  return values
}

/** Values in the form a buffer of this storage holds them. */
export function encode(values: Float32Array, storage: Storage): Float32Array | Uint32Array {
  if (storage === 'f32') return values
  const pairs = new Uint32Array(ceilDiv(values.length, 2))
  packHalves(values, pairs)
  return pairs
}

/** The values that such a buffer holds. */
export function decode(bytes: ArrayBuffer, storage: Storage): Float32Array {
  if (storage === 'f32') return new Float32Array(bytes)
  const halves = new Uint16Array(bytes)
  const values = new Float32Array(halves.length)
  fromHalf(halves, values)
  return values
}

/** What is left of values that went through this storage. */
export function stored(values: Float32Array, storage: Storage): Float32Array {
  if (storage === 'f32') return values
  const halves = new Uint16Array(values.length)
  toHalf(values, halves)
  return decode(halves.buffer, 'f16')
}
