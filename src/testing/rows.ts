// The GPU's storage of rows: padded with zeros to whole vectors, as f32 or as packed f16. The reference's arrays have no
// padding; f16 values are the f32 values after rounding.
import type { CacheStorage, MatrixStorage } from '../api/settings.ts'
import * as rows from '../../reference/cache_rows.ts'
import { dequantize4, dequantize8 } from '../../reference/quantize.ts'
import { paddedHead, rowBytes } from '../plan/cache_bytes.ts'
import { ceilDiv, type Storage } from '../gpu/kernel.ts'
import { fromHalf, packHalves, toHalf } from '../model/half.ts'
import { setCode4 } from '../model/quantize.ts'
import { matrixBytes, rowPacker } from '../model/matrix.ts'

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
  const dirty = padded.findIndex((value, i) => i % wide >= width && value !== 0)
  if (dirty >= 0)
    throw new Error(`padding of row ${Math.floor(dirty / wide)} holds ${padded[dirty]}`)
  return cutRows(padded, width, wide)
}

/** padded (row, wide) → (row, width), whatever the padding holds */
export function cutRows(padded: Float32Array, width: number, wide: number): Float32Array {
  return padded.filter((_, i) => i % wide < width)
}

/** Values as a buffer of this storage holds them. */
export function encode(values: Float32Array, storage: Storage): Float32Array | Uint32Array {
  if (storage === 'f32') return values
  const pairs = new Uint32Array(ceilDiv(values.length, 2))
  packHalves(values, pairs)
  return pairs
}

/** The values of such a buffer. */
export function decode(bytes: ArrayBuffer, storage: Storage): Float32Array {
  if (storage === 'f32') return new Float32Array(bytes)
  const halves = new Uint16Array(bytes)
  const values = new Float32Array(halves.length)
  fromHalf(halves, values)
  return values
}

/** Values after a round trip through this storage. */
export function stored(values: Float32Array, storage: Storage): Float32Array {
  if (storage === 'f32') return values
  const halves = new Uint16Array(values.length)
  toHalf(values, halves)
  return decode(halves.buffer, storage)
}

/** values (row, head size) as the cache holds them: padded, and for codes with each row's range before it. */
export function encodeRows(
  values: Float32Array,
  headSize: number,
  storage: CacheStorage,
): Float32Array | Uint32Array {
  if (storage === 'f16' || storage === 'f32') {
    return encode(padRows(values, headSize, paddedHead(headSize)), storage)
  }
  const stride = rowBytes(headSize, storage)
  const bytes = new Uint8Array((values.length / headSize) * stride)
  const view = new DataView(bytes.buffer)
  for (let row = 0; row * headSize < values.length; row++) {
    const plain = values.slice(row * headSize, (row + 1) * headSize)
    const coded = rows.code(storage === 'int4' ? rows.mix(plain) : plain, storage)
    const at = row * stride
    if (storage === 'int8') {
      view.setFloat32(at, coded.least, true)
      view.setFloat32(at + 4, coded.extent, true)
      bytes.set(coded.codes, at + 8)
    } else {
      view.setUint16(at, bfloat16(coded.least), true)
      view.setUint16(at + 2, bfloat16(coded.extent), true)
      const packed = bytes.subarray(at + 4, at + stride)
      coded.codes.forEach((code, i) => setCode4(packed, i, code))
    }
  }
  return new Uint32Array(bytes.buffer)
}

/** (row) of codes and ranges, of int4 mixed */
export function codedRows(
  buffer: ArrayBuffer,
  headSize: number,
  storage: 'int8' | 'int4',
): rows.CodedRow[] {
  const stride = rowBytes(headSize, storage)
  const view = new DataView(buffer)
  return Array.from({ length: Math.floor(buffer.byteLength / stride) }, (_, row) => {
    const at = row * stride
    if (storage === 'int8') {
      const codes = new Uint8Array(buffer, at + 8, headSize)
      return { codes, least: view.getFloat32(at, true), extent: view.getFloat32(at + 4, true) }
    }
    const codes = nibbles(new Uint8Array(buffer, at + 4, stride - 4))
    const [least, extent] = [at, at + 2].map((offset) => fromBfloat16(view.getUint16(offset, true)))
    return { codes, least: least ?? NaN, extent: extent ?? NaN }
  })
}

/** The values (row, head size) of such a buffer. */
export function decodeRows(
  buffer: ArrayBuffer,
  headSize: number,
  storage: CacheStorage,
): Float32Array {
  if (storage === 'f16' || storage === 'f32') {
    return unpadRows(decode(buffer, storage), headSize, paddedHead(headSize))
  }
  return joined(
    codedRows(buffer, headSize, storage).map((coded) => {
      const row = rows.decode(coded, storage)
      return storage === 'int4' ? rows.mix(row) : row
    }),
  )
}

/** The bits of a value that is an exact bfloat16. */
function bfloat16(value: number): number {
  return (new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0) >>> 16
}

function fromBfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0] ?? NaN
}

/** A matrix (row, width) as a buffer of this storage holds it: packed rows, then their scales. */
export function encodeMatrix(
  values: Float32Array,
  width: number,
  storage: MatrixStorage,
): Uint32Array {
  const rows = values.length / width
  const bytes = new Uint8Array(matrixBytes(rows, width, storage))
  const { codes, scales, pack } = rowPacker(width, storage)
  for (let row = 0; row < rows; row++) {
    pack(values.subarray(row * width, (row + 1) * width))
    bytes.set(codes, row * codes.length)
    bytes.set(scales, rows * codes.length + row * scales.length)
  }
  return new Uint32Array(bytes.buffer)
}

/** A matrix (row, width) after a round trip through this storage. */
export function storedMatrix(
  values: Float32Array,
  width: number,
  storage: MatrixStorage,
): Float32Array {
  if (storage === 'f16' || storage === 'f32') return stored(values, storage)
  const { codes, scales, pack } = rowPacker(width, storage)
  const rows = Array.from({ length: values.length / width }, (_, row) => {
    pack(values.subarray(row * width, (row + 1) * width))
    const halves = decode(scales.slice().buffer, 'f16')
    const whole =
      storage === 'q8'
        ? dequantize8(new Int8Array(codes.buffer), halves)
        : dequantize4(nibbles(codes), halves)
    return whole.slice(0, width)
  })
  return joined(rows)
}

/** (n / 2) bytes → (n) codes: a word's eight are the low halves of its bytes, then the high ones. */
export function nibbles(codes: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 2 * codes.length }, (_, i) => {
    const byte = codes[4 * Math.floor(i / 8) + (i % 4)] ?? 0
    return i % 8 < 4 ? byte & 15 : byte >> 4
  })
}

function joined(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]))
}
