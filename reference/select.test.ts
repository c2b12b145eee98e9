import { expect, test } from 'vitest'
import { compact, survivors } from './compact.ts'
import { emptyCache, type LayerCache } from './model.ts'
import { select, sortable, type Eviction } from './select.ts'

const shape = { heads: 1, kvHeads: 1, headSize: 2 }

const all: Omit<Eviction, 'occupied'> = { offset: 0, pinned: 0, survivors: 1, first: 0, last: 0 }

/** One KV head whose slot s holds origin s, key (s, 0) and the given score. */
function cacheOf(scores: readonly number[]): LayerCache {
  const cache = emptyCache(shape, scores.length)
  cache.scores.set(scores)
  scores.forEach((_, slot) => {
    cache.origins[slot] = slot
    cache.keys[2 * slot] = slot
    cache.values[2 * slot + 1] = slot
  })
  return cache
}

function stay(scores: readonly number[], eviction: Partial<Eviction>): number[] {
  const cache = cacheOf(scores)
  const whole = { ...all, occupied: scores.length, ...eviction }
  return [...survivors(cache, select(cache.scores, [whole]), whole)]
}

test('the highest scores stay, in document order', () => {
  expect(stay([5, 1, 4, 2, 3], { survivors: 3 })).toEqual([0, 2, 4])
})

test('with a place for every slot everything stays', () => {
  expect(stay([3, NaN, -1, 3], { survivors: 4 })).toEqual([0, 1, 2, 3])
})

test('of equal scores the later stay', () => {
  expect(stay([7, 7, 9, 7, 7], { survivors: 3 })).toEqual([2, 3, 4])
  expect(stay([1, 1, 1, 1], { survivors: 1 })).toEqual([3])
})

test('minus zero equals zero', () => {
  expect(stay([0, -0, 0, -0, -1], { survivors: 2 })).toEqual([2, 3])
})

test('infinities rank as numbers and NaN below them', () => {
  expect(stay([NaN, -Infinity, Infinity, -3], { survivors: 3 })).toEqual([1, 2, 3])
  expect(stay([NaN, NaN, -Infinity, NaN], { survivors: 2 })).toEqual([2, 3])
})

test('first and last slots stay whatever their scores', () => {
  expect(stay([0, 0, 9, 8, 7, 0], { survivors: 4, first: 1, last: 1 })).toEqual([0, 2, 3, 5])
})

test('no score counts when every place is protected', () => {
  expect(stay([9, 1, 9, 9, 1], { survivors: 3, first: 1, last: 2 })).toEqual([0, 3, 4])
})

test('each KV head chooses for itself', () => {
  const cache = emptyCache({ ...shape, heads: 2, kvHeads: 2 }, 3)
  cache.scores.set([3, 2, 1, 1, 2, 3])
  const evictions = [0, 3].map((offset) => ({ ...all, offset, occupied: 3, survivors: 2 }))
  const thresholds = select(cache.scores, evictions)
  expect([...survivors(cache, thresholds.subarray(0, 2), evictions[0]!)]).toEqual([0, 1])
  expect([...survivors(cache, thresholds.subarray(2), evictions[1]!)]).toEqual([1, 2])
})

test('each KV head keeps as many as it may, and those not listed everything', () => {
  const cache = emptyCache({ ...shape, heads: 3, kvHeads: 3 }, [2, 4, 3])
  cache.scores.set([2, 1, 5, 7, 6, 4, 1, 2, 3])
  cache.origins.set([0, 1, 10, 11, 12, 13, 20, 21, 22])
  const evictions = [
    { ...all, offset: 2, occupied: 4, survivors: 3 },
    { ...all, offset: 6, occupied: 3, survivors: 1 },
  ]
  compact(cache, select(cache.scores, evictions), evictions)
  expect([...cache.origins.subarray(0, 5)]).toEqual([0, 1, 10, 11, 12])
  expect(cache.origins[6]).toBe(22)
})

test('slots before the region neither count nor move', () => {
  expect(stay([0, 0, 5, 1, 9], { pinned: 2, survivors: 2 })).toEqual([2, 4])
  const cache = cacheOf([0, 0, 1, 5, 9])
  const evictions = [{ ...all, pinned: 2, occupied: 5, survivors: 2 }]
  compact(cache, select(cache.scores, evictions), evictions)
  expect([...cache.origins.subarray(0, 4)]).toEqual([0, 1, 3, 4])
})

test('compaction carries keys, values, scores and origins along', () => {
  const cache = cacheOf([1, 5, 2, 4, 3])
  const evictions = [{ ...all, occupied: 5, survivors: 3 }]
  compact(cache, select(cache.scores, evictions), evictions)
  expect([...cache.origins.subarray(0, 3)]).toEqual([1, 3, 4])
  expect([...cache.scores.subarray(0, 3)]).toEqual([5, 4, 3])
  expect([...cache.keys.subarray(0, 6)]).toEqual([1, 0, 3, 0, 4, 0])
  expect([...cache.values.subarray(0, 6)]).toEqual([0, 1, 0, 3, 0, 4])
})

test('sortable keys order as the scores do', () => {
  const rising = [NaN, -Infinity, -2, -1e-40, 0, 1e-40, 1, 1.0000001192092896, Infinity]
  const keys = rising.map(sortable)
  expect(keys).toEqual(keys.toSorted((a, b) => a - b))
  expect(new Set(keys).size).toBe(rising.length)
  expect(sortable(-0)).toBe(sortable(0))
})
