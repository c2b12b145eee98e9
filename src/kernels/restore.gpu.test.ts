import { restore as reference } from '../../reference/restore.ts'
import { attentionShape, filledCache } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
import { randomValues } from '../testing/random.ts'
import { restore, restoreGrid } from './restore.ts'

gpuTest.for([
  [1, 8, 'int8', 'f32'],
  [3, 64, 'int8', 'f16'],
  [2, 80, 'int8', 'f32'],
  [1, 8, 'int4', 'f16'],
  [3, 64, 'int4', 'f32'],
  [2, 24, 'int4', 'f16'],
  [2, 128, 'int4', 'f32'],
] as const)(
  '%d kv heads of size %d, %s to %s; slots behind the units stay as they were',
  async ([kvHeads, headSize, codes, storage], { gpu }) => {
    const shape = attentionShape(kvHeads, kvHeads, headSize)
    const counts = unequal(kvHeads, 5)
    const slots = unequal(kvHeads, 9)
    const cache = filledCache(shape, slots, slots, storage)
    const cached_keys = gpu.uploadCache(cache.keys, headSize, storage)
    const cached_values = gpu.uploadCache(cache.values, headSize, storage)
    const rows = (seed: number) =>
      counts.map((count, head) => randomValues(count * headSize, seed + head))
    const keys = rows(20)
    const values = rows(40)
    const joined = (parts: readonly Float32Array[]) =>
      Float32Array.from(parts.flatMap((part) => [...part]))
    reference(cache, keys, values, codes)
    let first = 0
    await gpu.run(
      restore[codes][storage],
      { KV_HEADS: kvHeads, HEAD_SIZE: headSize },
      {
        heads: cache.heads.map(({ offset }, head) => {
          const count = counts[head]!
          first += count
          return { first: first - count, count, offset }
        }),
      },
      {
        cached_keys,
        keys: gpu.uploadCache(joined(keys), headSize, codes),
        values: gpu.uploadCache(joined(values), headSize, codes),
        cached_values,
      },
      restoreGrid(Math.max(...counts), headSize, kvHeads),
    )
    const allowed = storage === 'f16' ? tolerance.half : tolerance.sum
    expectClose(await gpu.readCache(cached_keys, headSize, storage), cache.keys, allowed)
    expectClose(await gpu.readCache(cached_values, headSize, storage), cache.values, allowed)
  },
)
