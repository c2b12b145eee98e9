// Rounds keys and values as an int8 or int4 cache does: codes with one range per row, of 4 bits after mixing.
import type { CacheStorage } from '../src/api/settings.ts'
import { at } from './at.ts'

/** A value is least + extent · code / largest code. */
export interface CodedRow {
  /** (headSize) */
  readonly codes: Uint8Array
  readonly least: number
  readonly extent: number
}

const largestCode = { int8: 255, int4: 15 } as const

/** @param row (headSize), for int4 already mixed */
export function code(row: Float32Array, storage: 'int8' | 'int4'): CodedRow {
  const { least, extent } = rangeAround(Math.min(...row), Math.max(...row), storage)
  const step = Math.max(extent, 1e-30) / largestCode[storage]
  const codes = Uint8Array.from(row, (value) => Math.floor((value - least) / step + 0.5))
  return { codes, least, extent }
}

/** @returns (headSize), for int4 still mixed */
export function decode({ codes, least, extent }: CodedRow, storage: 'int8' | 'int4'): Float32Array {
  return Float32Array.from(codes, (each) => least + (extent * each) / largestCode[storage])
}

/** int4 stores its range in bfloat16, rounded outwards so that it contains all values. */
function rangeAround(
  least: number,
  most: number,
  storage: 'int8' | 'int4',
): Pick<CodedRow, 'least' | 'extent'> {
  if (storage === 'int8') return { least, extent: Math.fround(most - least) }
  const lower = least < 0 ? -bfloat16Above(-least) : bfloat16Below(least)
  return { least: lower, extent: bfloat16Above(Math.fround(most - lower)) }
}

/** The largest bfloat16 that is not above `value`. @param value at least 0 */
function bfloat16Below(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  return at(new Float32Array(bits.map((word) => word & 0xffff0000).buffer), 0)
}

/** The smallest bfloat16 that is not below `value`. @param value at least 0 */
function bfloat16Above(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  return at(new Float32Array(bits.map((word) => (word + 0xffff) & 0xffff0000).buffer), 0)
}

/** Values that are mixed with each other: the largest power of two, up to 32, that divides a head. */
export function mixedWidth(headSize: number): number {
  return [32, 16, 8].find((width) => headSize % width === 0) ?? 8
}

/**
 * Blocks of a row times a normalised Hadamard matrix, which is its own inverse.
 * @param row (headSize)
 */
export function mix(row: Float32Array): Float32Array {
  const width = mixedWidth(row.length)
  return row.map((_, i) => {
    const first = i - (i % width)
    let sum = 0
    for (let j = 0; j < width; j++) sum += sign(i % width, j) * at(row, first + j)
    return sum / Math.sqrt(width)
  })
}

/** Hadamard matrix in Sylvester's order: −1 where the indices have an odd number of common bits. */
function sign(i: number, j: number): number {
  let shared = i & j
  let negative = 1
  for (; shared > 0; shared >>= 1) if (shared % 2 === 1) negative = -negative
  return negative
}

/** Rows after a round trip through the cache; f16 and f32 count as exact here. */
export function kept(rows: Float32Array, headSize: number, storage: CacheStorage): Float32Array {
  if (storage === 'f16' || storage === 'f32') return rows
  const left = new Float32Array(rows.length)
  for (let first = 0; first < rows.length; first += headSize) {
    const row = rows.subarray(first, first + headSize)
    const whole =
      storage === 'int8'
        ? decode(code(row, storage), storage)
        : mix(decode(code(mix(row), storage), storage))
    left.set(whole, first)
  }
  return left
}
