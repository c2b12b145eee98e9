import { expect } from 'vitest'
import { attend } from '../../reference/attend.ts'
import { joinSpans } from '../../reference/join_spans.ts'
import { keyPositions } from '../../reference/positions.ts'
import type { AttentionShape } from '../../reference/model.ts'
import {
  attendedBlock,
  randomTurnedNorms,
  attentionShape,
  attentionTolerance,
  filledCache,
  headConstants,
  scoring,
  slotPositions,
  uploadAttended,
  uploadTurned,
  type Block,
} from '../testing/attention.ts'
import type { CacheStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { noRotary, plainRotary } from '../model/rotary_config.ts'
import { pairsOf } from '../testing/forms.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import {
  attendChunk,
  attendChunkGrid,
  attendTile,
  attendTiles,
  spanCount,
  spansOfRows,
  tileBytes,
  type AttendTile,
} from './attend_chunk.ts'

/** bytes of workgroup memory that every device has, and that most GPUs have */
const smallestDevice = 16_384
const usualDevice = 32_768

async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  block: Block,
  tile: AttendTile = attendTile(shape.headSize, smallestDevice, storage),
): Promise<void> {
  const { heads, kvHeads, headSize } = shape
  const { rows } = block
  const attended = attendedBlock(gpu, shape, storage, block)
  const { qkv, cache, positions, firstSlots, params, buffers } = attended
  const output = gpu.zeroRows(rows, heads * headSize)
  const lse = gpu.upload(new Float32Array(rows * heads))
  await gpu.run(
    attendChunk[tile.cell][storage],
    { ...headConstants(shape), ...tile },
    { ...params, rows, out_width: padded(heads * headSize) },
    { ...buffers, output, lse },
    attendChunkGrid(rows, heads / kvHeads, kvHeads, tile),
  )
  expectClose(
    await gpu.readRows(output, heads * headSize),
    attend(qkv, cache, positions, shape, firstSlots),
    attentionTolerance(storage),
  )
}

const shapes = [
  [1, 1, 2, 'f32'],
  [4, 2, 6, 'f16'],
  [3, 1, 8, 'f16'],
  [4, 1, 10, 'f32'],
  [10, 2, 64, 'f16'],
  [6, 1, 80, 'f32'],
  [7, 1, 128, 'f16'],
  [16, 2, 12, 'f32'],
  [4, 2, 8, 'int8'],
  [3, 1, 80, 'int8'],
  [4, 2, 8, 'int4'],
  [3, 1, 80, 'int4'],
  [6, 2, 64, 'int4'],
  [2, 1, 136, 'int4'],
  [2, 1, 512, 'f16'],
  [3, 1, 512, 'f32'],
] as const
const blocks = [
  { rows: 1, firstSlot: 0 },
  { rows: 5, firstSlot: 0 },
  { rows: 37, firstSlot: 51 },
  { rows: 7, firstSlot: 90, firstOrigin: 100 },
  { rows: 3, firstSlot: 33, firstOrigin: 512 ** 2 + 513 },
]

gpuTest.for(pairsOf(shapes, blocks, 2).map(([shape, block]) => [...shape, block] as const))(
  '%d heads on %d kv heads of size %d, %s, %j',
  async ([heads, kvHeads, headSize, storage, block], { gpu }) => {
    await check(gpu, attentionShape(heads, kvHeads, headSize), storage, block)
  },
)

gpuTest.for(
  pairsOf(
    [64, 128],
    [
      ...(['f32', 'f16', 'int8', 'int4'] as const).map(
        (storage) => [usualDevice, storage] as const,
      ),
      ...(['f32', 'f16'] as const).map((storage) => [49_152, storage] as const),
    ],
  ).map(([headSize, room]) => [headSize, ...room] as const),
)(
  'the tile of devices with more memory: heads of size %d, %d bytes, %s',
  async ([headSize, bytes, storage], { gpu, skip }) => {
    const tile = attendTile(headSize, bytes, storage)
    const allowed = gpu.device.limits.maxComputeWorkgroupStorageSize
    if (tileBytes(headSize, tile) > allowed) skip(`the device allows ${allowed} bytes`)
    const shape = attentionShape(6, 2, headSize)
    await check(gpu, shape, storage, { rows: 37, firstSlot: 51 }, tile)
    await check(gpu, shape, storage, { rows: 7, firstSlot: 90, firstOrigin: 100 }, tile)
  },
)

gpuTest.for([
  { rows: 40, firstSlot: 20, firstOrigin: 512 ** 2 - 20 },
  { rows: 4, firstSlot: 20, firstOrigin: 50_000_000 },
])('positions need not start where slots do, across a multiple of 512², %j', (block, { gpu }) =>
  check(gpu, attentionShape(2, 1, 8), 'f32', block),
)

gpuTest('dimensions past the rotating ones pass unturned', async ({ gpu }) => {
  const shape = attentionShape(2, 1, 10, { rotary: plainRotary(500, 4) })
  await check(gpu, shape, 'f32', { rows: 9, firstSlot: 40 })
})

gpuTest.for([
  [9, { rows: 1, firstSlot: 0 }],
  [9, { rows: 20, firstSlot: 0 }],
  [9, { rows: 37, firstSlot: 90 }],
  [1, { rows: 9, firstSlot: 30 }],
] as const)(
  'scores of another scale, capped, turned with a gain, within a window of %d, %j',
  async ([window, block], { gpu }) => {
    const shape = attentionShape(4, 2, 10, {
      attentionScale: 0.2,
      attentionCap: 1.5,
      rotary: { ...plainRotary(500, 6), gain: 1.19 },
      window,
    })
    await check(gpu, shape, 'f32', block)
  },
)

const tileSizes = attendTiles('f16').filter(({ cell }) => cell === 'f32')
const tiles = pairsOf(tileSizes, ['f32', 'half'] as const).map(([size, cell]) => ({
  ...size,
  cell,
}))
gpuTest.for(tiles)('the tile does not show, %j', async (tile, { gpu }) => {
  const shape = attentionShape(6, 2, 6, { attentionCap: 3, window: 45 })
  const storage = tile.cell === 'f32' ? 'f32' : 'f16'
  await check(gpu, shape, storage, { rows: 13, firstSlot: 50 }, tile)
})

gpuTest.for([
  [{ rows: 37, firstSlot: 51 }, {}, 40, 'f32'],
  [{ rows: 5, firstSlot: 300, firstOrigin: 700 }, {}, 33, 'f16'],
  [{ rows: 9, firstSlot: 90 }, { window: 40 }, 20, 'f32'],
  [{ rows: 70, firstSlot: 0 }, {}, 3, 'f32'], // more spans than tiles of slots, and rows that see none of the later spans
] as const)(
  'however many spans there are, %j %j %d %s',
  async ([block, changes, longest, storage], { gpu }) => {
    const shape = attentionShape(6, 2, 12, changes)
    const { heads, kvHeads, headSize } = shape
    const { rows } = block
    const tile = attendTile(headSize, smallestDevice, storage)
    const { qkv, cache, positions, firstSlots, params, buffers } = attendedBlock(
      gpu,
      shape,
      storage,
      block,
    )
    const visible = firstSlots.map((slot) => Math.min(slot, params.window) + rows)
    const spanned = spansOfRows(params.heads, visible, longest, 9)
    const most = Math.max(...spanned.map(({ spans }) => spans))
    expect(most).toBeGreaterThan(1)
    const width = heads * headSize
    const output = gpu.uploadRows(new Float32Array(most * rows * width).fill(NaN), width)
    const lseBuffer = gpu.upload(new Float32Array(most * rows * heads).fill(NaN))
    await gpu.run(
      attendChunk[tile.cell][storage],
      { ...headConstants(shape), ...tile },
      { ...params, rows, out_width: padded(width), heads: spanned },
      { ...buffers, output, lse: lseBuffer },
      attendChunkGrid(rows, heads / kvHeads, spanCount(spanned), tile),
    )
    const outputs = parts(await gpu.readRows(output, width), most)
    const lse = parts(await gpu.readValues(lseBuffer), most)
    const counts = spanned.map(({ spans }) => spans)
    expectClose(
      joinSpans({ outputs, lse }, counts, shape).outputs,
      attend(qkv, cache, positions, shape, firstSlots),
      attentionTolerance(storage),
    )
  },
)

gpuTest('norms that weigh turned heads', async ({ gpu }) => {
  const turnedNorms = randomTurnedNorms(12)
  await check(gpu, attentionShape(4, 2, 12, { turnedNorms }), 'f32', { rows: 37, firstSlot: 51 })
})

function parts(values: Float32Array, count: number): Float32Array[] {
  const each = values.length / count
  return Array.from({ length: count }, (_, i) => values.subarray(i * each, (i + 1) * each))
}

gpuTest('a head is dealt out to as few spans as keep each short enough, one at least', () => {
  const heads = [100, 41, 0, 1000].map((first_slot) => ({ offset: 0, first_slot }))
  const spans = (longest: number, most: number) =>
    spansOfRows(heads, [110, 51, 10, 1010], longest, most).map((head) => head.spans)
  expect(spans(50, 100)).toEqual([3, 2, 1, 21])
  expect(spans(50, 4)).toEqual([3, 2, 1, 4])
  expect(spans(Infinity, 4)).toEqual([1, 1, 1, 1])
  const firsts = spansOfRows(heads, [110, 51, 10, 1010], 50, 4).map((head) => head.first_span)
  expect(firsts).toEqual([0, 3, 5, 6])
})

gpuTest('one slot can take all the attention, in the last tile or the first', async ({ gpu }) => {
  const shape = attentionShape(1, 1, 8, { rotary: noRotary })
  const slots = 100
  for (const loud of [0, 70, 99]) {
    const cache = filledCache(shape, [slots], [slots], 'f32')
    cache.keys.fill(10, loud * 8, loud * 8 + 8)
    const qkv = new Float32Array(24).fill(10)
    const output = gpu.zeroRows(1, 8)
    const tile = attendTile(8, smallestDevice, 'f32')
    await gpu.run(
      attendChunk.f32.f32,
      { ...headConstants(shape), ...tile },
      {
        rows: 1,
        own_positions: 0,
        qkv_width: 32,
        out_width: 32,
        ...scoring(shape),
        heads: [{ offset: 0, first_slot: slots - 1, first_span: 0, spans: 1 }],
      },
      {
        qkv: gpu.uploadRows(qkv, 24),
        ...uploadAttended(gpu, shape, cache, slotPositions(cache), 'f32'),
        turned: uploadTurned(gpu, shape, cache, keyPositions('slot', cache), [99], 'f32'),
        output,
        lse: gpu.upload(new Float32Array(1)),
      },
      attendChunkGrid(1, 1, 1, tile),
    )
    expectClose(
      await gpu.readRows(output, 8),
      cache.values.subarray(loud * 8, loud * 8 + 8),
      tolerance.attention,
    )
  }
})

gpuTest.for([
  [8, 16_384, 'f16', { QUERIES: 64, SLOTS: 32, cell: 'f32' }],
  [64, 16_384, 'f32', { QUERIES: 32, SLOTS: 16, cell: 'f32' }],
  [64, 16_384, 'f16', { QUERIES: 32, SLOTS: 32, cell: 'half' }],
  [64, 32_768, 'f16', { QUERIES: 64, SLOTS: 32, cell: 'half' }],
  [64, 32_768, 'f32', { QUERIES: 32, SLOTS: 32, cell: 'f32' }],
  [64, 49_152, 'f16', { QUERIES: 64, SLOTS: 32, cell: 'f32' }],
  [64, 65_536, 'f16', { QUERIES: 64, SLOTS: 32, cell: 'half' }],
  [128, 32_768, 'f16', { QUERIES: 32, SLOTS: 32, cell: 'half' }],
  [256, 16_384, 'f16', { QUERIES: 8, SLOTS: 8, cell: 'half' }],
  [256, 32_768, 'f16', { QUERIES: 16, SLOTS: 16, cell: 'half' }],
  [512, 16_384, 'f16', { QUERIES: 4, SLOTS: 4, cell: 'half' }],
  [512, 16_384, 'int8', { QUERIES: 4, SLOTS: 2, cell: 'f32' }],
  [512, 32_768, 'f16', { QUERIES: 8, SLOTS: 8, cell: 'half' }],
] as const)(
  'heads of size %d in %d bytes, %s, have a tile of %j',
  ([headSize, bytes, cache, tile]) => {
    expect(attendTile(headSize, bytes, cache)).toEqual(tile)
  },
)

gpuTest('heads too large for the smallest tile are refused', () => {
  expect(() => attendTile(4096, smallestDevice, 'f16')).toThrow(
    /heads of size 4096 need \d+ bytes .* 16384/,
  )
})
