import { expect, test } from 'vitest'
import { repeat, spreadOf } from './statistics.ts'

test('the median of an even number lies between the two in the middle', () => {
  expect(spreadOf([4, 1, 10, 3])).toEqual({ median: 3.5, low: 1, high: 10, samples: 4 })
  expect(spreadOf([9, 1, 2])).toEqual({ median: 2, low: 1, high: 9, samples: 3 })
  expect(() => spreadOf([])).toThrow('sample')
})

test('repeats at least, at most, and no more once the time is used up', async () => {
  let count = 0
  const run = () => Promise.resolve(++count)
  expect(await repeat({ least: 2, most: 5, limitMs: 0 }, run)).toEqual([1, 2])
  expect(await repeat({ least: 1, most: 3, limitMs: 1e9 }, run)).toEqual([3, 4, 5])
})
