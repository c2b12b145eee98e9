import { expect } from 'vitest'
import { attend } from '../../reference/attend.ts'
import type { AttentionShape } from '../../reference/model.ts'
import {
  attendedBlock,
  attentionShape,
  filledCache,
  headConstants,
  scoring,
  slotPositions,
  uploadAttended,
  type Block,
} from '../testing/attention.ts'
import type { CacheStorage } from '../gpu/kernel.ts'
import { padded } from '../model/matrix.ts'
import { noRotary, plainRotary } from '../model/rotary_config.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { attendChunk, attendChunkGrid, attendTile, type AttendTile } from './attend_chunk.ts'

const smallestDevice = 16_384

async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  block: Block,
  tile: AttendTile = attendTile(shape.headSize, smallestDevice),
): Promise<void> {
  const { heads, kvHeads, headSize } = shape
  const { rows } = block
  const attended = attendedBlock(gpu, shape, storage, block)
  const { qkv, cache, positions, firstSlots, place, buffers } = attended
  const output = gpu.zeroRows(rows, heads * headSize)
  const log_sums = gpu.upload(new Float32Array(rows * heads))
  await gpu.run(
    attendChunk[storage],
    { ...headConstants(shape), ...tile },
    { ...place, rows, out_width: padded(heads * headSize) },
    { ...buffers, output, log_sums },
    attendChunkGrid(rows, heads / kvHeads, kvHeads, tile),
  )
  expectClose(
    await gpu.readRows(output, heads * headSize),
    attend(qkv, cache, positions, shape, firstSlots),
    tolerance.attention,
  )
}

gpuTest.for([
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
] as const)('%d heads on %d kv heads of size %d, %s', async ([...sizes], { gpu }) => {
  const [heads, kvHeads, headSize, storage] = sizes
  const shape = attentionShape(heads, kvHeads, headSize)
  await check(gpu, shape, storage, { rows: 1, firstSlot: 0 })
  await check(gpu, shape, storage, { rows: 5, firstSlot: 0 })
  await check(gpu, shape, storage, { rows: 37, firstSlot: 51 })
  await check(gpu, shape, storage, { rows: 7, firstSlot: 90, firstOrigin: 100 })
  await check(gpu, shape, storage, { rows: 3, firstSlot: 33, firstOrigin: 512 ** 2 + 513 })
})

gpuTest('positions need not start where slots do: across a multiple of 512²', async ({ gpu }) => {
  const shape = attentionShape(2, 1, 8)
  await check(gpu, shape, 'f32', { rows: 40, firstSlot: 20, firstOrigin: 512 ** 2 - 20 })
  await check(gpu, shape, 'f32', { rows: 4, firstSlot: 20, firstOrigin: 50_000_000 })
})

gpuTest('dimensions past the rotating ones pass unturned', async ({ gpu }) => {
  const shape = attentionShape(2, 1, 10, { rotary: plainRotary(500, 4) })
  await check(gpu, shape, 'f32', { rows: 9, firstSlot: 40 })
})

gpuTest('scores of another scale, capped, within a window, turned with a gain', async ({ gpu }) => {
  const shape = attentionShape(4, 2, 10, {
    attentionScale: 0.2,
    attentionCap: 1.5,
    rotary: { ...plainRotary(500, 6), gain: 1.19 },
    window: 9,
  })
  await check(gpu, shape, 'f32', { rows: 1, firstSlot: 0 })
  await check(gpu, shape, 'f32', { rows: 20, firstSlot: 0 })
  await check(gpu, shape, 'f32', { rows: 37, firstSlot: 90 })
  await check(gpu, { ...shape, window: 1 }, 'f32', { rows: 9, firstSlot: 30 })
})

gpuTest('the tile does not show', async ({ gpu }) => {
  const shape = attentionShape(6, 2, 12)
  for (const tile of [
    { QUERIES: 4, SLOTS: 8 },
    { QUERIES: 8, SLOTS: 32 },
    { QUERIES: 32, SLOTS: 16 },
    { QUERIES: 64, SLOTS: 16 },
  ]) {
    await check(gpu, shape, 'f32', { rows: 13, firstSlot: 50 }, tile)
  }
})

gpuTest('one slot can take all the attention, in the last tile or the first', async ({ gpu }) => {
  const shape = attentionShape(1, 1, 8, { rotary: noRotary })
  const slots = 100
  for (const loud of [0, 70, 99]) {
    const cache = filledCache(shape, [slots], [slots], 'f32')
    cache.keys.fill(10, loud * 8, loud * 8 + 8)
    const qkv = new Float32Array(24).fill(10)
    const output = gpu.zeroRows(1, 8)
    const tile = attendTile(8, smallestDevice)
    await gpu.run(
      attendChunk.f32,
      { ...headConstants(shape), ...tile },
      {
        rows: 1,
        own_positions: 0,
        qkv_width: 32,
        out_width: 32,
        ...scoring(shape),
        heads: [{ offset: 0, first_slot: slots - 1 }],
      },
      {
        qkv: gpu.uploadRows(qkv, 24),
        ...uploadAttended(gpu, shape, cache, slotPositions(cache), 'f32'),
        output,
        log_sums: gpu.upload(new Float32Array(1)),
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

gpuTest('the tile fits the device', ({ gpu }) => {
  expect(attendTile(64, 16_384).QUERIES).toBeGreaterThanOrEqual(8)
  expect(attendTile(128, gpu.device.limits.maxComputeWorkgroupStorageSize).SLOTS).toBeGreaterThan(0)
  expect(() => attendTile(4096, 16_384)).toThrow(/heads of size 4096 need \d+ bytes .* 16384/)
})
