// How much attention every slot got, summed over queries of the block and over the query heads of a KV head.
import { scoringOf, windowOf } from '../engine/forward.ts'
import { firstPosition, qkvWidth, rotaryPositions, type Layer } from '../engine/layer.ts'
import { columnStatsGrid } from '../kernels/column_stats.ts'

/**
 * Runs column_stats after a layer's attention.
 * @param firstRow rows of the block from here on are the queries
 * @param firstFresh slots from here on start from nothing, those before add to what `sums` holds
 * @param sums (kv head, slot)
 */
export function sumAttention(
  layer: Layer,
  { firstRow, firstFresh }: { readonly firstRow: number; readonly firstFresh: number },
  sums: GPUBuffer,
): void {
  const { recorder, kernels, model, scratch, cache, rows } = layer
  const { positions, stride } = rotaryPositions(layer)
  const slots = rows.firstSlot + rows.count
  recorder.run(
    kernels.sumAttention,
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
      stats: sums,
    },
    columnStatsGrid(slots, model.kvHeads, kernels.side),
  )
}

/**
 * The same by the last `queries` tokens of a chunk, which may lie in several of its blocks, into the scores: those of slots
 * that were kept and of new ones alike, whatever they were before.
 */
export function scoreByLastQueries(layer: Layer, queries: number): void {
  const { before, count, after } = layer.pass
  const firstOfChunk = Math.max(0, before + count + after - queries)
  const firstRow = Math.max(0, firstOfChunk - before)
  if (firstRow >= count) return
  const isFirst = firstOfChunk >= before
  sumAttention(
    layer,
    { firstRow, firstFresh: isFirst ? 0 : layer.rows.firstSlot },
    layer.cache.scores,
  )
}
