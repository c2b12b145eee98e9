import { gather as reference } from '../../reference/merge.ts'
import { paddedHead } from '../cache/cache.ts'
import { attentionShape, uploadAttended } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { scoredCache } from '../testing/merging.ts'
import { padRows } from '../testing/rows.ts'
import { gather, gatherGrid } from './gather.ts'

gpuTest.for([
  [1, 2, 'f32', 0],
  [2, 10, 'f16', 1],
  [3, 64, 'f32', 1],
  [2, 80, 'f16', 0],
] as const)(
  '%d kv heads of size %d, %s, rotation %d',
  async ([kvHeads, headSize, storage, rotates], { gpu }) => {
    const shape = attentionShape(kvHeads, kvHeads, headSize)
    const [slots, padding] = [60, 3]
    const cache = scoredCache(shape, slots, slots, storage)
    const listed = [1, 2, 5, 8, 13, 21, 34, 55]
    const { keys, values, turns } = uploadAttended(gpu, shape, cache, cache.origins, storage)
    const rows = listed.length + 2 * padding
    const wide = 2 * paddedHead(headSize)
    const sources = gpu.upload(new Float32Array(kvHeads * rows * wide).fill(NaN))
    await gpu.run(
      gather[storage],
      { HEAD_SIZE: headSize, ROTATES: rotates },
      { others: listed.length, padding, capacity: slots },
      {
        keys,
        values,
        others: gpu.upload(Uint32Array.from(Array.from({ length: kvHeads }, () => listed).flat())),
        origins: gpu.upload(cache.origins),
        turns,
        sources,
      },
      gatherGrid(rows, headSize, kvHeads),
    )
    const zeros = new Float32Array(padding * wide)
    const expected = Array.from({ length: kvHeads }, (_, head) => [
      ...zeros,
      ...padRows(
        reference(cache, head, listed, shape, rotates === 1),
        headSize,
        paddedHead(headSize),
      ),
      ...zeros,
    ]).flat()
    expectClose(await gpu.readValues(sources), expected, tolerance.attention)
  },
)
