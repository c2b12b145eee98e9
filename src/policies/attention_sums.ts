// How much attention every slot got, summed over queries of the block and over the query heads of a KV head.
import { measureColumns } from '../forward/measure_columns.ts'
import type { Layer } from '../forward/layer.ts'

/**
 * Runs column_stats after a layer's attention.
 * @param firstRow rows of the block from here on are the queries
 * @param isFirst all slots start from nothing; else those before the block's add to what `sums` holds
 * @param sums (kv head, slot)
 */
export function sumAttention(
  layer: Layer,
  { firstRow, isFirst }: { readonly firstRow: number; readonly isFirst: boolean },
  sums: GPUBuffer,
): void {
  const { kernels, rows } = layer
  const compiled = kernels.attentionSums
  if (!compiled) throw new Error('a policy sums attention without the need for it in its traits')
  const heads = rows.heads.map((head) => ({
    ...head,
    slots: head.first_slot + rows.count,
    first_fresh: isFirst ? 0 : head.first_slot,
  }))
  measureColumns(layer, compiled.kernel, compiled.side, { firstRow, heads }, sums)
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
  sumAttention(layer, { firstRow, isFirst: firstOfChunk >= before }, layer.cache.scores)
}
