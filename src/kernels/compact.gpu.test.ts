import { expect } from 'vitest'
import { compact } from '../../reference/compact.ts'
import { emptyCache, type LayerCache } from '../../reference/model.ts'
import { uniform } from '../../reference/random.ts'
import { select, type Eviction } from '../../reference/select.ts'
import type { CacheStorage } from '../api/settings.ts'
import { attentionShape } from '../testing/attention.ts'
import { runCompact, runSelect } from '../testing/eviction.ts'
import { expectClose, gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'

/** The same in all KV heads. */
type Region = Omit<Eviction, 'offset'>

/** Random rows and scores. Origins ascend and differ between heads. */
function cacheOf(kvHeads: number, slots: number | readonly number[], headSize: number): LayerCache {
  const cache = emptyCache(attentionShape(kvHeads, kvHeads, headSize), slots)
  cache.keys.set(randomValues(cache.keys.length, 1))
  cache.values.set(randomValues(cache.values.length, 2))
  cache.scores.set(randomValues(cache.scores.length, 3))
  cache.heads.forEach(({ offset, slots: own }, head) => {
    for (let slot = 0; slot < own; slot++) cache.origins[offset + slot] = 5 * slot + head
  })
  return cache
}

/** Contents of the slots of every KV head that are in use afterwards. A head that does not evict keeps all. */
function held(cache: LayerCache, evictions: readonly Eviction[]) {
  const headSize = cache.keys.length / cache.origins.length
  const cut = (rows: Float32Array | Uint32Array, width: number): number[] =>
    cache.heads.flatMap(({ offset, slots }) => {
      const own = evictions.find((eviction) => eviction.offset === offset)
      const stay = own ? own.pinned + own.survivors : slots
      return [...rows.subarray(offset * width, (offset + stay) * width)]
    })
  return {
    keys: cut(cache.keys, headSize),
    values: cut(cache.values, headSize),
    scores: cut(cache.scores, 1),
    origins: cut(cache.origins, 1),
  }
}

async function check(
  gpu: TestGpu,
  cache: LayerCache,
  eviction: Region,
  storage: CacheStorage,
): Promise<void> {
  const evictions = cache.heads.map(({ offset }) => ({ ...eviction, offset }))
  await checkHeads(gpu, cache, evictions, storage)
}

async function checkHeads(
  gpu: TestGpu,
  cache: LayerCache,
  evictions: readonly Eviction[],
  storage: CacheStorage,
): Promise<void> {
  const thresholds = select(cache.scores, evictions)
  const got = await runCompact(gpu, cache, thresholds, evictions, storage)
  compact(cache, thresholds, evictions)
  const stay = held(got, evictions)
  const expected = held(cache, evictions)
  expect(stay.origins).toEqual(expected.origins)
  expect(stay.scores).toEqual(expected.scores)
  expectClose(stay.keys, expected.keys, 0)
  expectClose(stay.values, expected.values, 0)
}

gpuTest.for(['f32', 'f16', 'int8', 'int4'] as const)(
  'every KV head keeps as many as it may, those not listed all, %s',
  async (storage, { gpu }) => {
    const slots = [20, 333, 71, 1500]
    const all = { pinned: 0, first: 0, last: 0 }
    const [small, large, , long] = cacheOf(4, slots, 16).heads
    const evictions = [
      { ...all, offset: large!.offset, pinned: 9, occupied: 330, survivors: 310, last: 100 },
      { ...all, offset: small!.offset, occupied: 20, survivors: 3, first: 1 },
      { ...all, offset: long!.offset, occupied: 1499, survivors: 1100 },
    ]
    await checkHeads(gpu, cacheOf(4, slots, 16), evictions, storage)
    await checkHeads(gpu, cacheOf(4, slots, 16), evictions.slice(1, 2), storage)
  },
)

const rows = [
  [2, 'f16'],
  [6, 'f32'],
  [10, 'f16'],
  [64, 'f32'],
  [80, 'f16'],
  [128, 'f16'],
  [80, 'int8'],
  [64, 'int4'],
] as const
const cuts = [
  [2, 1],
  [300, 1],
  [300, 299],
  [300, 150],
  [520, 256],
] as const

gpuTest.for(rows.flatMap((row) => cuts.map((cut) => [...row, ...cut] as const)))(
  'rows of head size %d, %s, from %d slots to %d',
  async ([headSize, storage, occupied, survivors], { gpu }) => {
    const cache = cacheOf(2, occupied + 3, headSize)
    await check(gpu, cache, { pinned: 0, first: 0, last: 0, occupied, survivors }, storage)
  },
)

gpuTest('many tiles of 1024 slots', async ({ gpu }) => {
  const eviction = { pinned: 3, occupied: 5000, survivors: 3100, first: 0, last: 0 }
  await check(gpu, cacheOf(3, 5100, 10), eviction, 'f16')
})

gpuTest.for([
  [0, 4, 0, 50],
  [0, 0, 300, 350],
  [100, 0, 0, 1],
  [257, 3, 40, 90],
  [10, 200, 300, 500],
] as const)(
  '%d pinned, %d first and %d last slots stay, of %d survivors',
  async ([pinned, first, last, survivors], { gpu }) => {
    const cache = cacheOf(2, 640, 10)
    await check(gpu, cache, { pinned, occupied: 600, survivors, first, last }, 'f32')
  },
)

gpuTest('of equal scores the later stay, across tiles', async ({ gpu }) => {
  const tied = cacheOf(2, 3000, 10)
  tied.scores.fill(1)
  await check(gpu, tied, { pinned: 1, occupied: 2900, survivors: 1100, first: 2, last: 3 }, 'f32')

  const cache = cacheOf(2, 700, 10)
  cache.scores.fill(1)
  await check(gpu, cache, { pinned: 20, occupied: 700, survivors: 300, first: 5, last: 11 }, 'f32')
  expect(cache.origins.subarray(20, 25)).toEqual(
    Uint32Array.from([20, 21, 22, 23, 24], (s) => 5 * s),
  )
  expect(cache.origins[25]).toBe(5 * (700 - 295))

  const few = cacheOf(2, 700, 10)
  few.scores.set(randomIntegers(1400, 5, 1))
  await check(gpu, few, { pinned: 0, occupied: 690, survivors: 400, first: 0, last: 0 }, 'f32')
})

gpuTest('scores of zero, infinity and NaN', async ({ gpu }) => {
  const special = [0, -0, Infinity, -Infinity, NaN, 1, -1]
  const cache = cacheOf(1, 400, 8)
  cache.scores.set(randomIntegers(400, special.length, 1).map((i) => i))
  cache.scores.set(Float32Array.from(cache.scores, (i) => special[i]!))
  await check(gpu, cache, { pinned: 0, occupied: 400, survivors: 170, first: 0, last: 0 }, 'f32')
})

gpuTest('what select and compact keep is what a sort keeps', async ({ gpu }) => {
  for (let round = 0; round < 12; round++) {
    const draw = (part: number, below: number): number =>
      Math.floor(below * uniform(9, round, part))
    const occupied = 2 + draw(0, 900)
    const pinned = draw(1, occupied / 2)
    const survivors = 1 + draw(2, occupied - pinned - 1)
    const first = draw(3, survivors + 1)
    const last = draw(4, survivors - first + 1)
    const cache = cacheOf(2, occupied, 8)
    if (round % 2 === 0) cache.scores.set(randomIntegers(2 * occupied, 10, round))
    const before = cache.scores.slice()

    const eviction = { pinned, occupied, survivors, first, last }
    const evictions = cache.heads.map(({ offset }) => ({ ...eviction, offset }))
    const thresholds = await runSelect(gpu, cache.scores, evictions)
    const after = await runCompact(gpu, cache, thresholds, evictions, 'f32')

    for (let head = 0; head < 2; head++) {
      const score = (slot: number): number => before[head * occupied + slot]!
      const slots = Array.from({ length: occupied }, (_, slot) => slot)
      const competing = slots.slice(pinned + first, occupied - last)
      const best = competing.sort((a, b) => score(b) - score(a) || b - a)
      const kept = [
        ...slots.slice(0, pinned + first),
        ...best.slice(0, survivors - first - last).sort((a, b) => a - b),
        ...slots.slice(occupied - last),
      ]
      const origins = after.origins.subarray(head * occupied, head * occupied + pinned + survivors)
      expect([...origins], JSON.stringify(eviction)).toEqual(kept.map((slot) => 5 * slot + head))
    }
  }
})
