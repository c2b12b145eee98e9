import { describe, expect, test } from 'vitest'
import { randomValues } from '../src/testing/random.ts'
import { code, decode, kept, mix, mixedWidth } from './cache_rows.ts'

/** Rows of all magnitudes, of one sign and of two, with and without an outlier. */
function rowsOf(headSize: number): Float32Array[] {
  return Array.from({ length: 200 }, (_, seed) => {
    const size = 10 ** ((seed % 13) - 6)
    const shift = [0, 1, -30, 30][seed % 4] ?? 0
    const row = randomValues(headSize, seed).map((value) => size * (value + shift))
    if (seed % 3 === 0) row[seed % headSize] = 40 * size
    return row
  })
}

describe.each(['int8', 'int4'] as const)('%s', (storage) => {
  const steps = storage === 'int8' ? 255 : 15

  test('errs by half a step at most, and no code is missing at either end', () => {
    for (const row of [8, 24, 64, 80, 128].flatMap(rowsOf)) {
      const coded = code(row, storage)
      const half = coded.extent / steps / 2
      const rounding = 1e-6 * Math.max(...row.map(Math.abs)) // rounding of least + extent in f32
      const errors = decode(coded, storage).map((value, i) => Math.abs(value - row[i]!))
      expect(Math.max(...errors)).toBeLessThanOrEqual(half + rounding)
      expect(Math.max(...coded.codes)).toBeLessThanOrEqual(steps)
    }
  })

  test('a range is hardly wider than the values in it', () => {
    for (const row of rowsOf(64)) {
      const extent = Math.max(...row) - Math.min(...row)
      const largest = Math.max(...row.map(Math.abs))
      expect(code(row, storage).extent).toBeLessThanOrEqual(1.01 * extent + largest / 100)
    }
  })

  test('zeros stay zeros', () => {
    expect(kept(new Float32Array(64), 64, storage)).toEqual(new Float32Array(64))
  })
})

test('mixing keeps lengths and is its own inverse', () => {
  for (const headSize of [8, 24, 64, 80, 128]) {
    const row = randomValues(headSize, 3)
    const length = (values: Float32Array) => Math.hypot(...values)
    expect(length(mix(row))).toBeCloseTo(length(row), 5)
    mix(mix(row)).forEach((value, i) => expect(value).toBeCloseTo(row[i]!, 5))
  }
})

test('mixing spreads one value over its block', () => {
  const row = new Float32Array(64)
  row[40] = 8
  const mixed = mix(row)
  expect([...mixed.subarray(0, 32)]).toEqual(new Array(32).fill(0))
  mixed.subarray(32).forEach((value) => expect(Math.abs(value)).toBeCloseTo(Math.SQRT2, 5))
  expect([24, 80, 96, 128].map(mixedWidth)).toEqual([8, 16, 32, 32])
})

test('with a value that sticks out, 4 bits lose less than half of what they lose unmixed', () => {
  const error = (got: Float32Array, row: Float32Array) =>
    Math.hypot(...got.map((value, i) => value - row[i]!))
  let mixed = 0
  let plain = 0
  for (let seed = 0; seed < 50; seed++) {
    const row = randomValues(128, seed)
    row[5] = 20
    mixed += error(kept(row, 128, 'int4'), row)
    plain += error(decode(code(row, 'int4'), 'int4'), row)
  }
  expect(mixed).toBeLessThan(plain / 2)
})
