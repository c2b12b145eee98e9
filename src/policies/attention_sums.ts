// Attention that every slot got, or its square, summed over queries of the block and over the query heads of a KV head.
import { columnMeasure, columnSide, columnStats } from '../kernels/column_stats.ts'
import type { Bound } from '../gpu/stretch.ts'
import type { PolicyFor } from '../forward/policy.ts'
import { measureColumns } from '../forward/measure_columns.ts'
import type { Layer } from '../forward/layer.ts'

export type AttentionSums = Awaited<ReturnType<typeof compileAttentionSums>>

/** Its smallest tile needs more workgroup memory than attention's. Throws LongtabError `does-not-fit`. */
export async function compileAttentionSums(
  { compiler, model, settings, shape }: PolicyFor,
  sum: 'sumOfShares' | 'sumOfSquares' = 'sumOfShares',
) {
  const { maxComputeWorkgroupStorageSize } = compiler.device.limits
  const side = columnSide(model.headSize, maxComputeWorkgroupStorageSize)
  const constants = { ...shape, SIDE: side, MEASURE: columnMeasure[sum] }
  return { kernel: await compiler.compile(columnStats[settings.storage.cache], constants), side }
}

/**
 * Runs column_stats after a layer's attention.
 * @param firstRow rows of the block from here on are the queries
 * @param isFirst all slots start from zero; otherwise earlier slots add to `sums`
 * @param sums (kv head, slot)
 */
export function sumAttention(
  layer: Layer,
  { kernel, side }: AttentionSums,
  { firstRow, isFirst }: { readonly firstRow: number; readonly isFirst: boolean },
  sums: Bound,
): void {
  const { rows } = layer
  const heads = rows.heads.map((head) => ({
    ...head,
    slots: head.first_slot + rows.count,
    first_fresh: isFirst ? 0 : head.first_slot,
  }))
  measureColumns(layer, kernel, side, { firstRow, heads }, sums)
}

/**
 * Writes the attention of the last `queries` tokens of a chunk into the scores of all slots, old and new. The queries may
 * lie in several blocks of the chunk.
 */
export function scoreByLastQueries(layer: Layer, sums: AttentionSums, queries: number): void {
  const { before, count, after } = layer.pass
  const firstOfChunk = Math.max(0, before + count + after - queries)
  const firstRow = Math.max(0, firstOfChunk - before)
  if (firstRow >= count) return
  const asking = { firstRow, isFirst: firstOfChunk >= before }
  sumAttention(layer, sums, asking, layer.cache.scores)
}
