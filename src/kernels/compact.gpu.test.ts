import { expect } from 'vitest'
import { compact } from '../../reference/compact.ts'
import { emptyCache, type LayerCache } from '../../reference/model.ts'
import { uniform } from '../../reference/random.ts'
import { select, type Eviction } from '../../reference/select.ts'
import type { CacheStorage } from '../gpu/kernel.ts'
import { attentionShape } from '../testing/attention.ts'
import { runCompact, runSelect } from '../testing/eviction.ts'
import { expectClose, gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'

/** Random rows and scores; origins ascend and tell the heads apart. */
function cacheOf(kvHeads: number, slots: number, headSize: number): LayerCache {
  const cache = emptyCache(attentionShape(kvHeads, kvHeads, headSize), slots)
  cache.keys.set(randomValues(cache.keys.length, 1))
  cache.values.set(randomValues(cache.values.length, 2))
  cache.scores.set(randomValues(cache.scores.length, 3))
  cache.origins.set(cache.origins.map((_, i) => 5 * (i % slots) + Math.floor(i / slots)))
  return cache
}

/** What the first `occupied` slots of every KV head hold. */
function held(cache: LayerCache, occupied: number): LayerCache {
  const headSize = cache.keys.length / cache.origins.length
  const cut = <T extends Float32Array | Uint32Array>(rows: T, width: number): T =>
    rows.filter((_, i) => i % (cache.slots * width) < occupied * width) as T
  return {
    slots: occupied,
    occupied,
    merged: cache.merged,
    keys: cut(cache.keys, headSize),
    values: cut(cache.values, headSize),
    scores: cut(cache.scores, 1),
    origins: cut(cache.origins, 1),
  }
}

async function check(
  gpu: TestGpu,
  cache: LayerCache,
  eviction: Eviction,
  storage: CacheStorage,
): Promise<void> {
  const kvHeads = cache.origins.length / cache.slots
  const thresholds = select(cache.scores, cache.slots, eviction)
  const got = await runCompact(gpu, cache, thresholds, eviction, storage)
  compact(cache, kvHeads, thresholds, eviction)
  const stay = held(got, eviction.from + eviction.places)
  const expected = held(cache, stay.slots)
  expect(stay.origins).toEqual(expected.origins)
  expect(stay.scores).toEqual(expected.scores)
  expectClose(stay.keys, expected.keys, 0)
  expectClose(stay.values, expected.values, 0)
}

gpuTest.for([
  [2, 'f16'],
  [6, 'f32'],
  [10, 'f16'],
  [64, 'f32'],
  [80, 'f16'],
  [128, 'f16'],
  [80, 'int8'],
  [64, 'int4'],
] as const)('rows of head size %d, %s', async ([headSize, storage], { gpu }) => {
  const none = { from: 0, first: 0, last: 0 }
  for (const [occupied, places] of [
    [2, 1],
    [300, 1],
    [300, 299],
    [300, 150],
    [520, 256],
  ] as const) {
    const cache = cacheOf(2, occupied + 3, headSize)
    await check(gpu, cache, { ...none, occupied, places }, storage)
  }
})

gpuTest('many tiles of 1024 slots', async ({ gpu }) => {
  const eviction = { from: 3, occupied: 5000, places: 3100, first: 0, last: 0 }
  await check(gpu, cacheOf(3, 5100, 10), eviction, 'f16')
})

gpuTest('pinned and protected slots stay', async ({ gpu }) => {
  for (const [from, first, last, places] of [
    [0, 4, 0, 50],
    [0, 0, 300, 350],
    [100, 0, 0, 1],
    [257, 3, 40, 90],
    [10, 200, 300, 500],
  ] as const) {
    const cache = cacheOf(2, 640, 10)
    await check(gpu, cache, { from, occupied: 600, places, first, last }, 'f32')
  }
})

gpuTest('of equal scores the later stay, across tiles', async ({ gpu }) => {
  const tied = cacheOf(2, 3000, 10)
  tied.scores.fill(1)
  await check(gpu, tied, { from: 1, occupied: 2900, places: 1100, first: 2, last: 3 }, 'f32')

  const cache = cacheOf(2, 700, 10)
  cache.scores.fill(1)
  await check(gpu, cache, { from: 20, occupied: 700, places: 300, first: 5, last: 11 }, 'f32')
  expect(cache.origins.subarray(20, 25)).toEqual(
    Uint32Array.from([20, 21, 22, 23, 24], (s) => 5 * s),
  )
  expect(cache.origins[25]).toBe(5 * (700 - 295))

  const few = cacheOf(2, 700, 10)
  few.scores.set(randomIntegers(1400, 5, 1))
  await check(gpu, few, { from: 0, occupied: 690, places: 400, first: 0, last: 0 }, 'f32')
})

gpuTest('scores of zero, infinity and NaN', async ({ gpu }) => {
  const special = [0, -0, Infinity, -Infinity, NaN, 1, -1]
  const cache = cacheOf(1, 400, 8)
  cache.scores.set(randomIntegers(400, special.length, 1).map((i) => i))
  cache.scores.set(Float32Array.from(cache.scores, (i) => special[i]!))
  await check(gpu, cache, { from: 0, occupied: 400, places: 170, first: 0, last: 0 }, 'f32')
})

gpuTest('what select and compact keep is what a sort keeps', async ({ gpu }) => {
  for (let round = 0; round < 12; round++) {
    const draw = (part: number, below: number): number =>
      Math.floor(below * uniform(9, round, part))
    const occupied = 2 + draw(0, 900)
    const from = draw(1, occupied / 2)
    const places = 1 + draw(2, occupied - from - 1)
    const first = draw(3, places + 1)
    const last = draw(4, places - first + 1)
    const cache = cacheOf(2, occupied, 8)
    if (round % 2 === 0) cache.scores.set(randomIntegers(2 * occupied, 10, round))
    const before = cache.scores.slice()

    const eviction = { from, occupied, places, first, last }
    const thresholds = await runSelect(gpu, cache.scores, occupied, eviction)
    const after = await runCompact(gpu, cache, thresholds, eviction, 'f32')

    for (let head = 0; head < 2; head++) {
      const score = (slot: number): number => before[head * occupied + slot]!
      const slots = Array.from({ length: occupied }, (_, slot) => slot)
      const competing = slots.slice(from + first, occupied - last)
      const best = competing.sort((a, b) => score(b) - score(a) || b - a)
      const kept = [
        ...slots.slice(0, from + first),
        ...best.slice(0, places - first - last).sort((a, b) => a - b),
        ...slots.slice(occupied - last),
      ]
      const origins = after.origins.subarray(head * occupied, head * occupied + from + places)
      expect([...origins], JSON.stringify(eviction)).toEqual(kept.map((slot) => 5 * slot + head))
    }
  }
})
