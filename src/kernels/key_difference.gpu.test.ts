import { keyDifference as reference } from '../../reference/key_difference.ts'
import type { AttentionShape } from '../../reference/model.ts'
import type { CacheStorage } from '../gpu/kernel.ts'
import {
  attentionShape,
  filledCache,
  scatteredPositions,
  slotPositions,
  uploadAttended,
} from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { keyDifference } from './key_difference.ts'

interface Region {
  readonly pinned: number
  readonly occupied: number
  /** where positions are those in the document */
  readonly lastOrigin?: number
}

async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  { pinned, occupied, lastOrigin }: Region,
): Promise<void> {
  const slots = occupied + 3
  const cache = filledCache(shape, slots, occupied, storage)
  cache.occupied = occupied
  cache.scores.fill(-7) // the other slots keep theirs
  const positions =
    lastOrigin === undefined
      ? slotPositions(shape, slots)
      : scatteredPositions(shape, slots, lastOrigin)
  const uploaded = uploadAttended(gpu, shape, cache, positions, storage)
  const scores = gpu.upload(cache.scores)
  const position_stride = lastOrigin === undefined ? 0 : slots
  await gpu.run(
    keyDifference[storage],
    { HEAD_SIZE: shape.headSize },
    { pinned, occupied, capacity: slots, position_stride },
    { ...uploaded, lengths: gpu.upload(new Float32Array(cache.scores.length)), scores },
    [shape.kvHeads],
  )
  reference(cache, positions, shape, pinned)
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
