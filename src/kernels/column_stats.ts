import f16 from '../../shaders/column_stats.wgsl?F16'
import f32 from '../../shaders/column_stats.wgsl?F32'
import int4 from '../../shaders/column_stats.wgsl?INT4'
import int8 from '../../shaders/column_stats.wgsl?INT8'
import { LongtabError } from '../api/errors.ts'
import { byCache, ceilDiv, kernel } from '../gpu/kernel.ts'

/** Values of the constant MEASURE: the statistic of a column of the attention matrix. */
export const columnMeasure = {
  /** largest score before softmax, scaled: Locret's label */
  largestScore: 0,
  /** largest logarithm of a share: KVzip's label */
  largestLogShare: 1,
  /** sum of shares: H2O, SnapKV, TOVA, NACL */
  sumOfShares: 2,
  /** sum of squared shares: KV-Compress */
  sumOfSquares: 3,
} as const

/**
 * Attention that each slot got from a block of queries, over the query heads of its group. The attention matrix is never
 * written.
 */
export const columnStats = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'column_stats',
    source,
    params: {
      first_row: 'u32',
      rows: 'u32',
      own_positions: 'u32',
      qkv_width: 'u32',
      window: 'u32',
      scale: 'f32',
      cap: 'f32',
    },
    heads: { offset: 'u32', first_slot: 'u32', slots: 'u32', first_fresh: 'u32' },
    bindings: {
      qkv: 'read',
      keys: 'read',
      lse: 'read',
      rope_table: 'read',
      turned_norms: 'read',
      positions: 'read',
      stats: 'write',
    },
    constants: ['HEADS', 'KV_HEADS', 'SIDE', 'MEASURE', 'HEAD_SIZE'],
  }),
)

/**
 * Queries and slots of the largest tile whose workgroup memory fits: the constant SIDE.
 * Throws LongtabError `does-not-fit` when not even the smallest does.
 */
export function columnSide(headSize: number, workgroupBytes: number): number {
  const bytes = (side: number) => 16 * 2 * side * (2 * ceilDiv(headSize, 8) + 1) + 4 * 9 * side
  const side = [32, 16, 8].find((candidate) => bytes(candidate) <= workgroupBytes)
  if (side !== undefined) return side
  throw new LongtabError(
    'does-not-fit',
    `heads of size ${headSize} need ${bytes(8)} bytes of workgroup memory but this device allows ${workgroupBytes}; choose a model with smaller heads`,
  )
}

/** @param slots to measure in the head that has most */
export function columnStatsGrid(
  slots: number,
  kvHeads: number,
  side: number,
): readonly [number, number] {
  return [ceilDiv(slots, side), kvHeads]
}
