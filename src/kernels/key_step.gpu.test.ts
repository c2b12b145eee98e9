import { keySteps as reference } from '../../reference/kv_merger.ts'
import { attentionShape, filledCache, slotPositions, uploadAttended } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
import { keyStep, keyStepGrid } from './key_step.ts'

gpuTest.for([
  [1, 2, 'f32', { pinned: 0, first: 0, occupied: 3 }],
  [2, 10, 'f16', { pinned: 0, first: 4, occupied: 70 }],
  [3, 64, 'f16', { pinned: 30, first: 0, occupied: 90 }],
] as const)('%d kv heads of size %d, %s, %o', async ([kvHeads, size, storage, region], { gpu }) => {
  const shape = attentionShape(kvHeads, kvHeads, size)
  const inUse = unequal(kvHeads, region.occupied)
  const cache = filledCache(
    shape,
    inUse.map((own) => own + 3),
    inUse,
    storage,
  )
  const { keys } = uploadAttended(gpu, shape, cache, slotPositions(cache), storage)
  const heads = cache.heads.map(({ offset, occupied }) => {
    return { ...region, offset, occupied, survivors: 1, last: 0 }
  })
  const steps = gpu.upload(new Float32Array(cache.scores.length))
  await gpu.run(
    keyStep[storage],
    { KV_HEADS: kvHeads, HEAD_SIZE: size },
    { heads },
    { steps, keys },
    keyStepGrid(Math.max(...inUse) - region.pinned, kvHeads),
  )
  expectClose(await gpu.readValues(steps), reference(cache, heads), tolerance.attention)
})
