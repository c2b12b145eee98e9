import { describe, expect, test, vi } from 'vitest'
import { longOr, pairsOf, somePairs } from './forms.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

describe.each([
  [16, 5, 2],
  [7, 9, 3],
  [2, 4, 1],
  [6, 6, 2],
  [1, 3, 1],
  [2, 2, 9],
])('of %d and %d values, %d each', (rows, columns, each) => {
  const pairs = somePairs(upTo(rows), upTo(columns), each)
  test('every value occurs, no pair twice', () => {
    expect(new Set(pairs.map(([one]) => one)).size).toBe(rows)
    expect(new Set(pairs.map(([, other]) => other)).size).toBe(columns)
    expect(new Set(pairs.map(String)).size).toBe(pairs.length)
  })

  test('each of the first meets so many of the second', () => {
    for (const row of upTo(rows)) {
      const met = pairs.filter(([one]) => one === row).length
      expect(met).toBeGreaterThanOrEqual(Math.min(each, columns))
      expect(met).toBeLessThanOrEqual(Math.max(each, Math.ceil(columns / rows)))
    }
  })
})

test('Node takes every pair', () => {
  expect(pairsOf(['a', 'b'], [1, 2])).toEqual([
    ['a', 1],
    ['a', 2],
    ['b', 1],
    ['b', 2],
  ])
})

test('a variable of the environment asks for the long form', () => {
  vi.stubEnv('LONGTAB_CALLS', '1000')
  expect(longOr('LONGTAB_CALLS', 6)).toBe(1000)
  vi.unstubAllEnvs()
  expect(longOr('LONGTAB_CALLS', 6)).toBe(6)
})
