import { keyNorm as reference } from '../../reference/key_norm.ts'
import { attentionShape, filledCache } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
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
    const [slots, firstSlot] = [rows + 9, 4]
    const shape = attentionShape(kvHeads, kvHeads, headSize)
    const cache = filledCache(shape, slots, firstSlot + rows, storage)
    cache.scores.fill(-7) // the other slots keep theirs
    const scores = gpu.upload(cache.scores)
    await gpu.run(
      keyNorm[storage],
      { HEAD_SIZE: headSize },
      { first_slot: firstSlot, rows, capacity: slots },
      { keys: gpu.uploadCache(cache.keys, headSize, storage), scores },
      keyNormGrid(rows, kvHeads),
    )
    reference(cache, kvHeads, firstSlot, rows)
    expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
  },
)
