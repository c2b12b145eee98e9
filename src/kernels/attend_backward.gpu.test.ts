import { attend } from '../../reference/attend.ts'
import { attendBackward as reference } from '../../reference/attend_backward.ts'
import { outputLoss as referenceLoss } from '../../reference/output_loss.ts'
import type { AttentionShape } from '../../reference/model.ts'
import { paddedHead } from '../plan/cache_bytes.ts'
import type { Storage } from '../gpu/kernel.ts'
import { padded } from '../model/matrix.ts'
import {
  attendedBlock,
  attentionShape,
  attentionTolerance,
  headConstants,
  type Block,
} from '../testing/attention.ts'
import { expectClose, gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { unpadRows } from '../testing/rows.ts'
import { attendBackward, attendBackwardGrid } from './attend_backward.ts'
import { attendChunk, attendChunkGrid, attendTile } from './attend_chunk.ts'
import { outputLoss } from './output_loss.ts'

interface Merged extends Block {
  /** slots first … end − 1 */
  readonly first: number
  readonly end: number
}

/** Attention and loss first, for lse and slopes, then backward twice: the second run adds to the first. */
async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: Storage,
  { first, end, ...block }: Merged,
): Promise<void> {
  const { heads, kvHeads, headSize } = shape
  const { rows } = block
  const rotates = block.firstOrigin !== undefined
  const attended = attendedBlock(gpu, shape, storage, block)
  const { qkv, cache, positions, firstSlots, params, buffers } = attended
  for (const head of cache.heads) head.merged = { first, end }
  const width = heads * headSize
  const targets = randomValues(rows * width, 9)
  const output = gpu.zeroRows(rows, width)
  const lse = gpu.upload(new Float32Array(rows * heads))
  const slopes = gpu.zeroRows(rows, width)
  const softmax = gpu.upload(new Float32Array(2 * rows * heads))
  const tile = attendTile(headSize, 16_384, storage)
  await gpu.run(
    attendChunk[tile.cell][storage],
    { ...headConstants(shape), ...tile },
    { ...params, rows, out_width: padded(width) },
    { ...buffers, lse, output },
    attendChunkGrid(rows, heads / kvHeads, kvHeads, tile),
  )
  await gpu.run(
    outputLoss,
    headConstants(shape),
    { rows, width: padded(width), weight: 0.5, first_loss: 0 },
    {
      outputs: output,
      targets: gpu.uploadRows(targets, width),
      lse,
      slopes,
      softmax,
      losses: gpu.upload(new Float32Array(2 * kvHeads)),
    },
    [kvHeads],
  )
  const wide = paddedHead(headSize)
  const merged_slopes = gpu.upload(new Float32Array(kvHeads * (end - first) * 2 * wide).fill(NaN))
  const { qkv: queries, keys, values, positions: keyPositions, rope_table } = buffers
  for (const adds of [0, 1]) {
    await gpu.run(
      attendBackward[storage],
      { ...headConstants(shape), ROTATES: rotates ? 1 : 0 },
      { ...params, rows, width: padded(width), first_merged: first, merged: end - first, adds },
      {
        qkv: queries,
        keys,
        values,
        positions: keyPositions,
        rope_table,
        softmax,
        slopes,
        merged_slopes,
      },
      attendBackwardGrid(end - first, kvHeads),
    )
  }
  const outputs = attend(qkv, cache, positions, shape, firstSlots)
  const expected = reference(
    qkv,
    cache,
    positions,
    shape,
    firstSlots,
    referenceLoss(outputs, targets, 0.5).slopes,
    rotates,
  )
  expectClose(
    unpadRows(await gpu.readValues(merged_slopes), headSize, wide),
    expected.map((slope) => 2 * slope),
    2 * attentionTolerance(storage),
  )
}

gpuTest.for([
  [1, 1, 2, 'f32'],
  [4, 2, 6, 'f16'],
  [6, 2, 64, 'f32'],
  [7, 1, 128, 'f32'],
  [8, 8, 12, 'f32'],
] as const)('%d heads on %d kv heads of size %d, %s', async ([...sizes], { gpu }) => {
  const [heads, kvHeads, headSize, storage] = sizes
  const shape = attentionShape(heads, kvHeads, headSize)
  await check(gpu, shape, storage, { rows: 11, firstSlot: 40, first: 10, end: 23 })
  const original = { firstOrigin: 600 }
  await check(gpu, shape, storage, { rows: 9, firstSlot: 30, first: 29, end: 30, ...original })
})

gpuTest('scores of another scale, capped, within a window, keys with a gain', async ({ gpu }) => {
  const plain = attentionShape(4, 2, 10)
  const shape = {
    ...plain,
    attentionScale: 0.2,
    attentionCap: 1.5,
    window: 30,
    rotary: { ...plain.rotary, gain: 1.2 },
  }
  await check(gpu, shape, 'f32', { rows: 11, firstSlot: 40, first: 10, end: 23 })
})
