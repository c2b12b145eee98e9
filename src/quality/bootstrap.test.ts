import { expect, test } from 'vitest'
import { seeded } from '../random.ts'
import { meanInterval, pairedDifference } from './bootstrap.ts'

const alone = (scores: readonly number[]) => scores.map((score) => [score])

test('the interval of a share is as wide as the binomial says', () => {
  const scores = Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 0))
  const { mean, low, high } = meanInterval(alone(scores))
  expect(mean).toBe(0.5)
  expect(low).toBeCloseTo(0.402, 1) // 0.5 ± 1.96 · 0.05
  expect(high).toBeCloseTo(0.598, 1)
})

test('covers the truth about 95 times in a hundred', () => {
  const random = seeded(1)
  let covered = 0
  for (let trial = 0; trial < 100; trial++) {
    const { low, high } = meanInterval(alone(Array.from({ length: 60 }, random)))
    if (low <= 0.5 && 0.5 <= high) covered++
  }
  expect(covered).toBeGreaterThan(86)
})

test('four questions that go as their document goes are worth one', () => {
  const random = seeded(3)
  const documents = Array.from({ length: 50 }, () => Math.round(random()))
  const once = meanInterval(alone(documents))
  expect(meanInterval(documents.map((score) => [score, score, score, score]))).toEqual(once)
  const apart = meanInterval(alone(documents.flatMap((score) => [score, score, score, score])))
  expect((once.high - once.low) / (apart.high - apart.low)).toBeCloseTo(2, 0) // √4
})

test('a document counts with as many questions as it has', () => {
  expect(meanInterval([[1, 1, 1], [0]]).mean).toBe(0.75)
  expect(meanInterval([[1, 1, 1], [0]])).toMatchObject({ low: 0, high: 1 })
})

test('pairing takes out what both owe to the sample', () => {
  const random = seeded(2)
  const hard = Array.from({ length: 40 }, random)
  const worse = hard.map((score) => score - 0.05 - 0.01 * random())
  const { mean, low, high } = pairedDifference(alone(hard), alone(worse))
  expect(mean).toBeCloseTo(0.055, 2)
  expect(high - low).toBeLessThan(0.01)
  const unpaired = meanInterval(alone(hard))
  expect(unpaired.high - unpaired.low).toBeGreaterThan(0.1)
})

test('no difference is no difference', () => {
  const scores = [[1, 0], [1]]
  expect(pairedDifference(scores, scores)).toEqual({ mean: 0, low: 0, high: 0 })
  expect(() => pairedDifference([[1, 0]], [[1], [0]])).toThrow(/same samples: 2 against 1 1/)
  expect(() => meanInterval([])).toThrow()
})
