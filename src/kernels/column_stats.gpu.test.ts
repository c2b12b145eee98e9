import { expect } from 'vitest'
import { at } from '../../reference/at.ts'
import { columnStats as reference } from '../../reference/column_stats.ts'
import type { AttentionShape } from '../../reference/model.ts'
import type { CacheStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import {
  attendedBlock,
  randomTurnedNorms,
  attentionShape,
  attentionTolerance,
  filledCache,
  headConstants,
  qkvWidth,
  scoring,
  slotPositions,
  uploadAttended,
  type Block,
} from '../testing/attention.ts'
import { pairsOf } from '../testing/forms.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { attendChunk, attendChunkGrid, attendTile } from './attend_chunk.ts'
import { columnMeasure, columnSide, columnStats, columnStatsGrid } from './column_stats.ts'

interface Asked extends Block {
  /** number of last rows of the block that are the queries */
  readonly asking: number
  readonly slots: number
}

const measures = ['largestScore', 'largestLogShare', 'sumOfShares', 'sumOfSquares'] as const

/** Attention first, for lse, then the measure against the reference. */
async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  measure: (typeof measures)[number],
  { asking, slots, ...block }: Asked,
  workgroupBytes = 16_384,
): Promise<void> {
  const { heads, kvHeads, headSize } = shape
  const { rows, firstSlot } = block
  const attended = attendedBlock(gpu, shape, storage, block)
  const { cache, positions, firstSlots, params, buffers } = attended
  const lse = gpu.upload(new Float32Array(rows * heads))
  const tile = attendTile(headSize, workgroupBytes, storage)
  await gpu.run(
    attendChunk[tile.cell][storage],
    { ...headConstants(shape), ...tile },
    { ...params, rows, out_width: padded(heads * headSize) },
    { ...buffers, lse, output: gpu.zeroRows(rows, heads * headSize) },
    attendChunkGrid(rows, heads / kvHeads, kvHeads, tile),
  )
  const { qkv, keys, positions: keyPositions, rope_table, turned_norms } = buffers
  const measured = firstSlots.map((slot) => slot - firstSlot + slots)
  const side = columnSide(headSize, workgroupBytes)
  const firstRow = rows - asking
  const stats = gpu.upload(new Float32Array(cache.scores.length).fill(NaN))
  await gpu.run(
    columnStats[storage],
    { ...headConstants(shape), SIDE: side, MEASURE: columnMeasure[measure] },
    {
      ...params,
      first_row: firstRow,
      rows: asking,
      heads: params.heads.map((head, i) => ({ ...head, slots: at(measured, i), first_fresh: 0 })),
    },
    { qkv, keys, lse, positions: keyPositions, rope_table, turned_norms, stats },
    columnStatsGrid(Math.max(...measured), kvHeads, side),
  )
  const got = await gpu.readValues(stats)
  expectClose(
    cache.heads.flatMap(({ offset }, i) => [...got.subarray(offset, offset + at(measured, i))]),
    reference(
      measure,
      attended.qkv,
      cache,
      positions,
      shape,
      { firstRow, rows: asking, firstSlots },
      measured,
    ),
    attentionTolerance(storage),
  )
}

const shapes = [
  [1, 1, 2, 'f32'],
  [4, 2, 6, 'f16'],
  [10, 2, 64, 'f16'],
  [7, 1, 128, 'f32'],
  [8, 1, 12, 'f32'],
  [4, 2, 80, 'int8'],
  [4, 2, 64, 'int4'],
] as const
const blocks: readonly Asked[] = [
  { rows: 1, firstSlot: 0, asking: 1, slots: 1 },
  { rows: 11, firstSlot: 40, asking: 4, slots: 51 },
  { rows: 9, firstSlot: 30, asking: 9, slots: 30, firstOrigin: 600 },
]

const asked = blocks.flatMap((block) => measures.map((measure) => [measure, block] as const))
gpuTest.for(pairsOf(shapes, asked, 3).map(([shape, one]) => [...shape, ...one] as const))(
  '%d heads on %d kv heads of size %d, %s, %s, %j',
  async ([heads, kvHeads, headSize, storage, measure, block], { gpu }) => {
    await check(gpu, attentionShape(heads, kvHeads, headSize), storage, measure, block)
  },
)

gpuTest.for([
  [10, 2, 64, 'f16'],
  [7, 1, 128, 'f32'],
] as const)(
  'the tile of most GPUs, with 32 KiB of workgroup memory: %d heads on %d kv heads of size %d, %s',
  async ([heads, kvHeads, headSize, storage], { gpu }) => {
    expect(columnSide(headSize, 32_768)).toBeGreaterThan(columnSide(headSize, 16_384))
    const shape = attentionShape(heads, kvHeads, headSize)
    const block = { rows: 11, firstSlot: 40, asking: 4, slots: 51 }
    await check(gpu, shape, storage, 'largestScore', block, 32_768)
  },
)

gpuTest.for(measures)(
  '%s of scores of another scale, capped, within a window',
  async (measure, { gpu }) => {
    const changes = { attentionScale: 0.2, attentionCap: 1.5, window: 9 }
    const shape = attentionShape(4, 2, 10, changes)
    await check(gpu, shape, 'f32', measure, { rows: 11, firstSlot: 40, asking: 4, slots: 51 })
  },
)

gpuTest('norms that weigh turned heads', async ({ gpu }) => {
  const shape = attentionShape(4, 2, 10, { turnedNorms: randomTurnedNorms(10) })
  const block = { rows: 11, firstSlot: 40, asking: 4, slots: 51 }
  await check(gpu, shape, 'f32', 'largestScore', block)
})

gpuTest('old slots go on from what they had, new ones start', async ({ gpu }) => {
  const shape = attentionShape(2, 1, 8)
  const [slots, firstFresh] = [12, 5]
  const cache = filledCache(shape, [slots], [slots], 'f32')
  const { keys, positions, rope_table, turned_norms } = uploadAttended(
    gpu,
    shape,
    cache,
    slotPositions(cache),
    'f32',
  )
  const qkv = gpu.uploadRows(randomValues(qkvWidth(shape), 4), qkvWidth(shape))
  const lse = gpu.upload(Float32Array.of(3, 3))
  const run = async (measure: number, before: number, first_fresh: number) => {
    const stats = gpu.upload(new Float32Array(slots).fill(before))
    await gpu.run(
      columnStats.f32,
      { ...headConstants(shape), SIDE: 8, MEASURE: measure },
      {
        first_row: 0,
        rows: 1,
        own_positions: 0,
        qkv_width: 32,
        ...scoring(shape),
        heads: [{ offset: 0, first_slot: slots - 1, slots, first_fresh }],
      },
      { qkv, keys, lse, positions, rope_table, turned_norms, stats },
      columnStatsGrid(slots, 1, 8),
    )
    return gpu.readValues(stats)
  }
  const fresh = await run(columnMeasure.sumOfShares, NaN, 0)
  const summed = await run(columnMeasure.sumOfShares, 2, firstFresh)
  expectClose(
    summed,
    fresh.map((value, slot) => value + (slot < firstFresh ? 2 : 0)),
    tolerance.sum,
  )
  const most = await run(columnMeasure.largestScore, 100, firstFresh)
  expect([...most.subarray(0, firstFresh)]).toEqual(new Array(firstFresh).fill(100))
  expect(Math.max(...most.subarray(firstFresh))).toBeLessThan(100)
})
