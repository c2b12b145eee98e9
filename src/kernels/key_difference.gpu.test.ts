import { keyDifference as reference } from '../../reference/key_difference.ts'
import type { AttentionShape } from '../../reference/model.ts'
import { keyPositions } from '../../reference/positions.ts'
import type { CacheStorage } from '../api/settings.ts'
import {
  attentionShape,
  filledCache,
  scatteredPositions,
  slotPositions,
  uploadAttended,
} from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
import { keyDifference } from './key_difference.ts'

interface Region {
  readonly pinned: number
  /** of the first KV head; the others have many more */
  readonly occupied: number
  /** set where positions are those in the document */
  readonly lastOrigin?: number
}

async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  { pinned, occupied, lastOrigin }: Region,
): Promise<void> {
  const inUse = unequal(shape.kvHeads, occupied)
  const cache = filledCache(
    shape,
    inUse.map((own) => own + 3),
    inUse,
    storage,
  )
  cache.scores.fill(-7) // the other slots keep their scores
  const positions =
    lastOrigin === undefined
      ? keyPositions('slot', cache)
      : scatteredPositions(cache, lastOrigin, 0)
  const uploaded = uploadAttended(
    gpu,
    shape,
    cache,
    lastOrigin === undefined ? slotPositions(cache) : positions,
    storage,
  )
  const scores = gpu.upload(cache.scores)
  const evictions = cache.heads.map(({ offset, occupied: own }) => {
    return { offset, pinned, occupied: own, survivors: 1, first: 0, last: 0 }
  })
  await gpu.run(
    keyDifference[storage],
    { KV_HEADS: shape.kvHeads, HEAD_SIZE: shape.headSize },
    { own_positions: lastOrigin === undefined ? 0 : 1, heads: evictions },
    { ...uploaded, lengths: gpu.upload(new Float32Array(cache.scores.length)), scores },
    [shape.kvHeads],
  )
  reference(cache, positions, shape, evictions)
  expectClose(await gpu.readValues(scores), cache.scores, tolerance.attention)
}

gpuTest.for([
  [1, 2, 'f32'],
  [2, 10, 'f16'],
  [3, 64, 'f32'],
  [1, 80, 'f16'],
  [2, 128, 'f32'],
  [2, 80, 'int8'],
  [2, 64, 'int4'],
  [1, 24, 'int4'],
] as const)('%d kv heads of size %d, %s', async ([kvHeads, headSize, storage], { gpu }) => {
  const shape = attentionShape(kvHeads, kvHeads, headSize)
  await check(gpu, shape, storage, { pinned: 0, occupied: 1 })
  await check(gpu, shape, storage, { pinned: 0, occupied: 70 })
  await check(gpu, shape, storage, { pinned: 40, occupied: 300, lastOrigin: 5000 })
})
