import { expect, test } from 'vitest'
import { seeded } from '../random.ts'
import { meanInterval, pairedDifference } from './bootstrap.ts'

test('the interval of a share is as wide as the binomial says', () => {
  const scores = Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0))
  const { mean, low, high } = meanInterval(scores)
  expect(mean).toBe(0.5)
  expect(low).toBeCloseTo(0.402, 1) // 0.5 ± 1.96 · 0.05
  expect(high).toBeCloseTo(0.598, 1)
})

test('covers the truth about 95 times in a hundred', () => {
  const random = seeded(1)
  let covered = 0
  for (let trial = 0; trial < 100; trial++) {
    const { low, high } = meanInterval(Array.from({ length: 60 }, random))
    if (low <= 0.5 && 0.5 <= high) covered++
  }
  expect(covered).toBeGreaterThan(86)
})

test('pairing takes out what both owe to the sample', () => {
  const random = seeded(2)
  const hard = Array.from({ length: 40 }, random)
  const worse = hard.map((score) => score - 0.05 - 0.01 * random())
  const { mean, low, high } = pairedDifference(hard, worse)
  expect(mean).toBeCloseTo(0.055, 2)
  expect(high - low).toBeLessThan(0.01)
  const alone = meanInterval(hard)
  expect(alone.high - alone.low).toBeGreaterThan(0.1)
})

test('no difference is no difference', () => {
  expect(pairedDifference([1, 0, 1], [1, 0, 1])).toEqual({ mean: 0, low: 0, high: 0 })
  expect(() => pairedDifference([1], [1, 0])).toThrow(/same: 1 against 2/)
  expect(() => meanInterval([])).toThrow()
})
