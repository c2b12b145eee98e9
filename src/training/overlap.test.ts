import { expect, test } from 'vitest'
import { randomValues } from '../testing/random.ts'
import { topOverlap } from './overlap.ts'

test('the same ranking overlaps whole, whatever the scale', () => {
  const labels = randomValues(200, 1)
  expect(
    topOverlap(
      labels.map((value) => 7 * value - 3),
      labels,
    ),
  ).toBe(1)
})

test('the opposite ranking overlaps nowhere', () => {
  const labels = randomValues(200, 1)
  expect(
    topOverlap(
      labels.map((value) => -value),
      labels,
    ),
  ).toBe(0)
})

test('chance overlaps a tenth', () => {
  const draws = Array.from({ length: 60 }, (_, i) =>
    topOverlap(randomValues(200, 2 * i + 10), randomValues(200, 2 * i + 11)),
  )
  expect(draws.reduce((a, b) => a + b) / draws.length).toBeCloseTo(0.1, 1)
})

test('half of the best tenth found is a half', () => {
  const labels = Float32Array.from({ length: 20 }, (_, i) => i)
  const predicted = labels.slice()
  predicted[18] = -1 // of 18 and 19, only 19 stays on top
  expect(topOverlap(predicted, labels)).toBe(0.5)
})
