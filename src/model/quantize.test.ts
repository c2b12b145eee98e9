import { describe, expect, it } from 'vitest'
import { randomValues } from '../testing/random.ts'
import { storedMatrix } from '../testing/rows.ts'
import { rowPacker } from './matrix.ts'

const width = 96
const values = randomValues(8 * width, 1).map((value, i) => value * 10 ** ((i >> 5) % 3))

function worstPerBlock(stored: Float32Array): number[] {
  return Array.from({ length: values.length / 32 }, (_, block) => {
    const at = 32 * block
    const errors = Array.from({ length: 32 }, (_, i) => Math.abs(values[at + i]! - stored[at + i]!))
    const range = Math.max(...values.subarray(at, at + 32).map(Math.abs))
    return Math.max(...errors) / range
  })
}

describe('quantized rows', () => {
  it.each([
    ['q8', 0.5 / 127],
    ['q4', 1 / 15], // half a step of a range that may be twice the largest
  ] as const)('%s: every value within half a step', (storage, step) => {
    const worst = worstPerBlock(storedMatrix(values, width, storage))
    expect(Math.max(...worst)).toBeLessThan(step * 1.02)
    expect(Math.min(...worst)).toBeGreaterThan(0)
  })

  it.each(['q8', 'q4'] as const)('%s: what is stored already is stored exactly', (storage) => {
    const once = storedMatrix(values, width, storage)
    expect(storedMatrix(once, width, storage)).toEqual(once)
  })

  it.each(['q8', 'q4'] as const)(
    '%s: constants, zeros and rows shorter than a block',
    (storage) => {
      const row = Float32Array.of(...Array<number>(32).fill(0), ...Array<number>(5).fill(0.5))
      const stored = storedMatrix(row, 37, storage)
      expect([...stored.subarray(0, 32)]).toEqual(Array(32).fill(0))
      stored.subarray(32).forEach((value) => expect(value).toBeCloseTo(0.5, 3))
    },
  )

  it.each([
    ['q8', NaN],
    ['q8', Infinity],
    ['q8', 1e8],
    ['q4', NaN],
    ['q4', 70_000],
    ['q4', -Infinity],
  ] as const)('%s names the place of %d', (storage, bad) => {
    const row = new Float32Array(64).fill(1)
    row[45] = bad
    expect(rowPacker(64, storage).pack(row)).toBe(45)
  })
})
