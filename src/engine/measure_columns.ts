// One number for every slot of a layer: what the queries of a block made of it (column_stats.wgsl).
import type { Compiled } from '../gpu/kernel.ts'
import { columnStatsGrid, type columnStats } from '../kernels/column_stats.ts'
import {
  firstPosition,
  qkvWidth,
  rotaryPositions,
  scoringOf,
  windowOf,
  type Layer,
} from './layer.ts'

type ColumnStats = (typeof columnStats)['f32']

export interface Columns {
  /** rows of the block from here on are the queries */
  readonly firstRow: number
  /** slots from here on start from nothing, those before go on from what `stats` holds */
  readonly firstFresh: number
  /** slots to measure */
  readonly slots: number
}

/**
 * Records column_stats after a layer's attention.
 * @param kernel compiled for what is to be measured
 * @param side of its tiles
 * @param stats (kv head, slot)
 */
export function measureColumns(
  layer: Layer,
  kernel: Compiled<keyof ColumnStats['params'], keyof ColumnStats['bindings']>,
  side: number,
  { firstRow, firstFresh, slots }: Columns,
  stats: GPUBuffer,
): void {
  const { recorder, model, scratch, cache, rows } = layer
  const { positions, stride } = rotaryPositions(layer)
  recorder.run(
    kernel,
    {
      first_row: firstRow,
      rows: rows.count - firstRow,
      first_slot: rows.firstSlot,
      first_position: firstPosition(layer),
      capacity: cache.capacity,
      position_stride: stride,
      qkv_width: qkvWidth(model),
      slots,
      first_fresh: firstFresh,
      window: windowOf(layer),
      ...scoringOf(model),
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      log_sums: scratch.logSums,
      positions,
      turns: layer.turns,
      stats,
    },
    columnStatsGrid(slots, model.kvHeads, side),
  )
}
