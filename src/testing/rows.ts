// How the GPU stores rows: padded with zeros to whole vectors, as they are or as packed halves. The reference's arrays
// have no padding and see f16 as the f32 values that survive the rounding.
import { ceilDiv, type Storage } from '../gpu/kernel.ts'
import { fromHalf, packHalves, toHalf } from '../model/half.ts'

/** values (row, width) → (row, wide), zeros on the right */
export function padRows(values: Float32Array, width: number, wide: number): Float32Array {
  const rows = values.length / width
  const padded = new Float32Array(rows * wide)
  for (let row = 0; row < rows; row++) {
    padded.set(values.subarray(row * width, (row + 1) * width), row * wide)
  }
  return padded
}

/** padded (row, wide) → (row, width). Throws where the padding is not zero: the next kernel's sums rely on it. */
export function unpadRows(padded: Float32Array, width: number, wide: number): Float32Array {
  const rows = padded.length / wide
  const values = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    const end = row * wide + width
    values.set(padded.subarray(row * wide, end), row * width)
    const dirty = padded.subarray(end, (row + 1) * wide).findIndex((value) => value !== 0)
    if (dirty >= 0) throw new Error(`padding of row ${row} holds ${padded[end + dirty]}`)
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
  return decode(halves.buffer, storage)
}
