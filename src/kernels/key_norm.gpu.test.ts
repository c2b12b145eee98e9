import { keyNorm as reference } from '../../reference/key_norm.ts'
import { attentionShape, filledCache } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { headRowsOf, unequal } from '../testing/heads.ts'
import { keyNorm, keyNormGrid } from './key_norm.ts'

gpuTest.for([
  [1, 2, 1, 'f32'],
  [2, 10, 70, 'f16'],
  [3, 80, 5, 'f32'],
  [3, 80, 70, 'int8'],
  [2, 64, 70, 'int4'],
] as const)(
  '%d kv heads of size %d, %d rows, %s',
  async ([kvHeads, headSize, rows, storage], { gpu }) => {
    const firstSlots = unequal(kvHeads, 4)
    const occupied = firstSlots.map((slot) => slot + rows)
    const slots = occupied.map((own) => own + 5)
    const shape = attentionShape(kvHeads, kvHeads, headSize)
    const cache = filledCache(shape, slots, occupied, storage)
    cache.scores.fill(-7) // the other slots keep their scores
    const scores = gpu.upload(cache.scores)
    await gpu.run(
      keyNorm[storage],
      { KV_HEADS: kvHeads, HEAD_SIZE: headSize },
      { rows, heads: headRowsOf(cache, firstSlots) },
      { keys: gpu.uploadCache(cache.keys, headSize, storage), scores },
      keyNormGrid(rows, kvHeads),
    )
    reference(cache, firstSlots, rows)
    expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
  },
)
