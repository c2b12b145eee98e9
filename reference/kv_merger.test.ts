import { expect, test } from 'vitest'
import { keySteps, mergeSets } from './kv_merger.ts'
import { emptyCache } from './model.ts'
import { select } from './select.ts'

const shape = { headSize: 2, rotary: { base: 10_000, rotated: 2 }, heads: 1, kvHeads: 1 }

/** One KV head of these keys; a value's first number is the slot, and scores ascend unless given. */
function merged(
  keys: readonly (readonly [number, number])[],
  { survivors, first = 0, last = 0 }: { survivors: number; first?: number; last?: number },
  scores: readonly number[] = [...keys.keys()],
) {
  const cache = emptyCache(shape, keys.length)
  cache.keys.set(keys.flat())
  keys.forEach((_, slot) => {
    cache.values[2 * slot] = slot
    cache.origins[slot] = 10 * slot
  })
  cache.scores.set(scores)
  const eviction = { offset: 0, pinned: 0, occupied: keys.length, survivors, first, last }
  const steps = keySteps(cache, [eviction])
  mergeSets(cache, [eviction], steps, select(steps, [eviction]))
  return cache
}

test('sets begin where the direction of keys turns most, and like keys are averaged', () => {
  const { keys, values, origins } = merged(
    [
      [1, 0],
      [1, 0],
      [0, 2],
      [0, 2],
      [0, 2],
    ],
    { survivors: 2 },
  )
  expect([...keys.subarray(0, 2), ...keys.subarray(4, 6)]).toEqual([1, 0, 0, 2])
  expect(values[0]).toBeCloseTo(0.5) // slots 0 and 1
  expect(values[4]).toBeCloseTo(3) // slots 2, 3 and 4
  expect([origins[0], origins[2]]).toEqual([10, 40])
})

test('the pivot weighs most, and others the less the farther their keys are', () => {
  const { values } = merged(
    [
      [1, 0],
      [2, 0],
      [5, 0],
    ],
    { survivors: 1 },
    [1, 9, 1],
  )
  // distances² 1, 0 and 9 of mean 10/3: weights e^−0.15, 1 and e^−1.35
  const weights = [Math.exp(-0.15), 1, Math.exp(-1.35)]
  const whole = weights[0]! + weights[1]! + weights[2]!
  expect(values[0]).toBeCloseTo((weights[1]! + 2 * weights[2]!) / whole, 5)
})

test('protected slots stay as they are, even where no other survives', () => {
  const alike = Array.from({ length: 6 }, () => [1, 1] as const)
  const { values, origins } = merged(alike, { survivors: 3, first: 2, last: 1 })
  expect([values[0], values[2], values[10]]).toEqual([0, 1, 5])
  expect([origins[0], origins[1], origins[5]]).toEqual([0, 10, 50])
})
