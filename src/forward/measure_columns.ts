// Records column_stats.wgsl: one statistic per slot of a layer over the attention of a block's queries.
import type { Compiled } from '../gpu/kernel.ts'
import type { Bound } from '../gpu/stretch.ts'
import { columnStatsGrid, type columnStats } from '../kernels/column_stats.ts'
import type { HeadRows } from '../kernels/heads.ts'
import {
  qkvWidth,
  rotaryPositions,
  scoringOf,
  turnedNormsOf,
  windowOf,
  type Layer,
} from './layer.ts'

type ColumnStats = (typeof columnStats)['f32']

export interface Columns {
  /** rows of the block from here on are the queries */
  readonly firstRow: number
  /** (kv head) */
  readonly heads: readonly (HeadRows & {
    /** slots to measure */
    readonly slots: number
    /** slots from here on start from nothing; earlier ones continue from `stats` */
    readonly first_fresh: number
  })[]
}

/**
 * Records column_stats after a layer's attention.
 * @param kernel compiled for a MEASURE
 * @param side of its tiles
 * @param stats (kv head, slot)
 */
export function measureColumns(
  layer: Layer,
  kernel: Compiled<
    keyof ColumnStats['params'],
    keyof ColumnStats['bindings'],
    keyof NonNullable<ColumnStats['heads']>
  >,
  side: number,
  { firstRow, heads }: Columns,
  stats: Bound,
): void {
  const { recorder, model, scratch, cache, rows } = layer
  const { positions, own_positions } = rotaryPositions(layer)
  const most = Math.max(...heads.map(({ slots }) => slots))
  recorder.run(
    kernel,
    {
      first_row: firstRow,
      rows: rows.count - firstRow,
      own_positions,
      qkv_width: qkvWidth(model),
      window: windowOf(layer),
      ...scoringOf(model),
      heads,
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      lse: scratch.lse,
      positions,
      rope_table: layer.ropeTable,
      turned_norms: turnedNormsOf(layer),
      stats,
    },
    columnStatsGrid(most, model.kvHeads, side),
  )
}
