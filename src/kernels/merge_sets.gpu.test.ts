import { expect } from 'vitest'
import { survivors } from '../../reference/compact.ts'
import { mergeSets as reference } from '../../reference/kv_merger.ts'
import { select } from '../../reference/select.ts'
import { attentionShape, uploadAttended } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
import { scoredCache } from '../testing/merging.ts'
import { randomValues } from '../testing/random.ts'
import { stored } from '../testing/rows.ts'
import { mergeSets } from './merge_sets.ts'

gpuTest.for([
  [1, 2, 'f32', { pinned: 0, occupied: 20, survivors: 8, first: 0, last: 0 }],
  [2, 10, 'f16', { pinned: 0, occupied: 50, survivors: 30, first: 4, last: 9 }],
  [3, 64, 'f32', { pinned: 30, occupied: 90, survivors: 7, first: 0, last: 2 }],
  [1, 128, 'f32', { pinned: 0, occupied: 300, survivors: 3, first: 0, last: 0 }], // sets longer than a workgroup
  [1, 300, 'f16', { pinned: 0, occupied: 40, survivors: 11, first: 3, last: 8 }], // none but the protected
] as const)('%d kv heads of size %d, %s, %o', async ([kvHeads, size, storage, given], { gpu }) => {
  const shape = attentionShape(kvHeads, kvHeads, size)
  const inUse = unequal(kvHeads, given.occupied)
  const cache = scoredCache(shape, inUse, inUse, storage)
  const evictions = cache.heads.map(({ offset, occupied }) => ({ ...given, offset, occupied }))
  const steps = randomValues(cache.scores.length, 8)
  for (const { offset, pinned, first } of evictions) steps[offset + pinned + first] = 3.4e38
  const thresholds = select(steps, evictions)
  const starts = new Uint32Array(cache.scores.length)
  evictions.forEach((eviction, i) => {
    const own = thresholds.subarray(2 * i, 2 * i + 2)
    starts.set(survivors({ ...cache, scores: steps }, own, eviction), eviction.offset)
  })
  const { keys, values } = uploadAttended(gpu, shape, cache, cache.origins, storage)
  const origins = gpu.upload(cache.origins)
  await gpu.run(
    mergeSets[storage],
    { KV_HEADS: kvHeads, HEAD_SIZE: size },
    { heads: evictions },
    {
      starts: gpu.upload(starts),
      scores: gpu.upload(cache.scores),
      squares: gpu.upload(new Float32Array(cache.scores.length)),
      keys,
      values,
      origins,
    },
    [given.survivors, kvHeads],
  )
  reference(cache, evictions, steps, thresholds)
  const allowed = storage === 'f16' ? tolerance.half : tolerance.attention
  for (const [buffer, rows] of [
    [keys, cache.keys],
    [values, cache.values],
  ] as const) {
    expectClose(await gpu.readCache(buffer, size, storage), stored(rows, storage), allowed)
  }
  expect(await gpu.readWords(origins)).toEqual(cache.origins)
})
