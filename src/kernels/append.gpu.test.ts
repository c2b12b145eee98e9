import { expect } from 'vitest'
import { append as reference } from '../../reference/append.ts'
import { padded } from '../model/matrix.ts'
import { attentionShape, filledCache, headConstants, qkvWidth } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { append, appendGrid } from './append.ts'

gpuTest.for([
  [1, 1, 2, 'f16'],
  [4, 2, 10, 'f32'],
  [3, 3, 64, 'f16'],
  [8, 1, 80, 'f32'],
  [14, 7, 128, 'f16'], // more eights than lanes
] as const)('%d heads, %d kv heads of size %d, %s', async ([...sizes], { gpu }) => {
  const [heads, kvHeads, headSize, storage] = sizes
  const shape = attentionShape(heads, kvHeads, headSize)
  const width = qkvWidth(shape)
  const [slots, firstSlot, rows] = [20, 6, 11]
  const cache = filledCache(shape, slots, slots, storage)
  const qkv = randomValues(rows * width, 4)
  const keys = gpu.uploadCache(cache.keys, headSize, storage)
  const values = gpu.uploadCache(cache.values, headSize, storage)
  const origins = gpu.upload(cache.origins)
  await gpu.run(
    append[storage],
    headConstants(shape),
    { first_slot: firstSlot, first_origin: 70_000, capacity: slots, qkv_width: padded(width) },
    { qkv: gpu.uploadRows(qkv, width), keys, values, origins },
    appendGrid(kvHeads, headSize, rows),
  )
  reference(qkv, cache, shape, firstSlot, 70_000)
  const allowed = storage === 'f16' ? tolerance.half : 0
  expectClose(await gpu.readCache(keys, headSize, storage), cache.keys, allowed)
  expectClose(await gpu.readCache(values, headSize, storage), cache.values, allowed)
  expect(await gpu.readWords(origins)).toEqual(cache.origins)
})
