// The numbers that a variant is checked with: a small product of ragged sizes, with outliers, zeros and denormals among the
// inputs, and weights that every storage holds exactly.
import type { MatrixStorage } from '../api/settings.ts'
import { blockWidth } from '../model/quantize.ts'
import { pcg } from '../random.ts'

export interface CheckCase {
  readonly rows: number
  readonly ins: number
  readonly outs: number
  /** (rows, ins) */
  readonly input: Float32Array<ArrayBuffer>
  /** (outs, ins) */
  readonly weights: Float32Array<ArrayBuffer>
}

/** Storages that numbers can be packed into; blocks as files have them are checked with the same variant in `f16`. */
export type CheckedStorage = Extract<MatrixStorage, 'f32' | 'f16' | 'q8' | 'q4'>

export function checkedStorage(storage: MatrixStorage): CheckedStorage {
  return storage === 'f32' || storage === 'q8' || storage === 'q4' ? storage : 'f16'
}

/** Outs are no whole tile; ins are a multiple of what rows are padded to. */
export function checkCase(storage: CheckedStorage, rows: number): CheckCase {
  const ins = 160
  const outs = 130
  // of every block the least and the most, so that the step of its codes is a power of two
  const [least, most] = storage === 'q4' ? [-8, 7] : [-127, 127]
  const weights = Float32Array.from({ length: outs * ins }, (_, i) => {
    const place = i % blockWidth
    const code = place === 0 ? least : place === 1 ? most : least + (pcg(i) % (most - least + 1))
    return code / (most + 1)
  })
  const input = Float32Array.from({ length: rows * ins }, (_, i) => {
    const row = Math.floor(i / ins)
    const value = pcg(1_000_003 + i) / 2 ** 31 - 1
    if (row % 8 === 1) return 0
    if (row % 8 === 2 || i % 13 === 7) return value * 2 ** -130 // denormal
    if (i % 11 === 3) return 0
    return i % 37 === 5 ? Math.sign(value) * 1e3 : value
  })
  return { rows, ins, outs, input, weights }
}

/** (rows, outs), on the CPU */
export function productOf({ rows, ins, outs, input, weights }: CheckCase): Float32Array {
  const product = new Float32Array(rows * outs)
  for (let row = 0; row < rows; row++) {
    for (let out = 0; out < outs; out++) {
      let sum = 0
      for (let i = 0; i < ins; i++) {
        sum += (input[row * ins + i] ?? 0) * (weights[out * ins + i] ?? 0)
      }
      product[row * outs + out] = sum
    }
  }
  return product
}

/** Of the norm of a row. */
const tolerance = 1e-4

/** What a GPU may make of a sum of denormals. */
const flushed = 2 ** -100

/**
 * Whether every value is close to what is expected, measured by its row. NaN and infinities are not.
 * @param got (rows, outs), expected (rows, outs)
 */
export function agrees(got: Float32Array, expected: Float32Array, outs: number): boolean {
  if (got.length !== expected.length) return false
  for (let first = 0; first < expected.length; first += outs) {
    const row = expected.subarray(first, first + outs)
    const allowed = tolerance * Math.hypot(...row) + flushed
    if (!row.every((value, i) => Math.abs((got[first + i] ?? NaN) - value) <= allowed)) return false
  }
  return true
}
