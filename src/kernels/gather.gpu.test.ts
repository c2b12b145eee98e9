import { at } from '../../reference/at.ts'
import { gather as reference } from '../../reference/merge.ts'
import { paddedHead } from '../plan/cache_bytes.ts'
import { attentionShape, uploadAttended } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { unequal } from '../testing/heads.ts'
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
    const padding = 3
    const slots = unequal(kvHeads, 60)
    const cache = scoredCache(shape, slots, slots, storage)
    const listed = [1, 2, 5, 8, 13, 21, 34, 55]
    // the other heads merge fewer; zeros follow up to the end
    const counts = slots.map((_, head) => listed.length - head)
    const { keys, values, rope_table } = uploadAttended(gpu, shape, cache, cache.origins, storage)
    const rows = listed.length + 2 * padding
    const wide = 2 * paddedHead(headSize)
    const sources = gpu.upload(new Float32Array(kvHeads * rows * wide).fill(NaN))
    await gpu.run(
      gather[storage],
      { KV_HEADS: kvHeads, HEAD_SIZE: headSize, ROTATES: rotates },
      {
        others: listed.length,
        padding,
        heads: cache.heads.map(({ offset }, head) => {
          return { offset, others: at(counts, head), first_merged: 0 }
        }),
      },
      {
        keys,
        values,
        others: gpu.upload(Uint32Array.from(Array.from({ length: kvHeads }, () => listed).flat())),
        origins: gpu.upload(cache.origins),
        rope_table,
        sources,
      },
      gatherGrid(rows, headSize, kvHeads),
    )
    const zeros = new Float32Array(padding * wide)
    const expected = cache.heads.flatMap(({ offset }, head) => {
      const own = listed.slice(0, at(counts, head))
      const gathered = reference(cache, offset, own, shape, rotates === 1)
      return [
        ...zeros,
        ...padRows(gathered, headSize, paddedHead(headSize)),
        ...new Float32Array((listed.length - own.length) * wide),
        ...zeros,
      ]
    })
    expectClose(await gpu.readValues(sources), expected, tolerance.attention)
  },
)
