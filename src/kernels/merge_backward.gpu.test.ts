import { mergeBackward as reference } from '../../reference/merge_backward.ts'
import { paddedHead } from '../plan/cache_bytes.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { padRows } from '../testing/rows.ts'
import { mergeBackward, mergeBackwardGrid } from './merge_backward.ts'

gpuTest.for([
  [1, 2, 1, 1],
  [2, 10, 6, 70],
  [3, 64, 5, 23],
] as const)('%d kv heads of size %d, %d merged, %d sources', async ([...sizes], { gpu }) => {
  const [kvHeads, headSize, merged, count] = sizes
  const channels = 2 * headSize
  const wide = paddedHead(headSize)
  const padding = 2
  const slopes = randomValues(kvHeads * merged * channels, 1)
  const rows = randomValues(kvHeads * count * channels, 2)
  const beside = new Float32Array(padding * 2 * wide).fill(1e9) // padding that may not be read
  const heads = Array.from({ length: kvHeads }, (_, head) => head)
  const part = (values: Float32Array, head: number, each: number) =>
    values.subarray(head * each, (head + 1) * each)
  const sources = heads.flatMap((head) => [
    ...beside,
    ...padRows(part(rows, head, count * channels), headSize, wide),
    ...beside,
  ])
  const weight_slopes = gpu.upload(new Float32Array(kvHeads * merged * count).fill(NaN))
  await gpu.run(
    mergeBackward,
    { HEAD_SIZE: headSize },
    { others: count, padding, merged },
    {
      merged_slopes: gpu.upload(padRows(slopes, headSize, wide)),
      sources: gpu.upload(Float32Array.from(sources)),
      weight_slopes,
    },
    mergeBackwardGrid(count, merged, kvHeads),
  )
  const expected = heads.flatMap((head) => [
    ...reference(part(slopes, head, merged * channels), part(rows, head, count * channels), merged),
  ])
  expectClose(await gpu.readValues(weight_slopes), expected, tolerance.sum)
})
