// Eviction by merging (LoCoCo, arXiv 2406.05317). The heaviest slots stay in order. Behind them come the merged slots,
// weighted sums of all others with weights from a convolution. Every KV head has the same number of merged slots; the
// number of slots it merges may differ.
import { paddedHead } from '../plan/cache_bytes.ts'
import type { GpuCompressor, Merging } from '../forward/merging.ts'
import { convolveGrid } from '../kernels/convolve.ts'
import { gatherGrid } from '../kernels/gather.ts'
import type { HeadMerging } from '../kernels/heads.ts'
import { mergeGrid } from '../kernels/merge.ts'
import { slide } from './drop.ts'
import type { EvictingLayer, Eviction } from '../forward/policy.ts'

/** The evictions that merge, and their lists. */
export interface Merge {
  readonly merging: Merging
  readonly compressor: GpuCompressor
  /** (head that merges) */
  readonly evictions: readonly Eviction[]
  /** (head that merges): the kernels' records */
  readonly heads: readonly HeadMerging[]
  /** slots to merge in the head that merges most; the stride between the heads' rows */
  readonly others: number
}

/**
 * The evictions that can merge; undefined where none can. While answering, survivors may be too few for protected and
 * merged slots.
 */
export function mergeFor(layer: EvictingLayer, evictions: readonly Eviction[]): Merge | undefined {
  const { merging } = layer
  const compressor = merging?.layers[layer.index]
  if (!merging || !compressor) return undefined
  const merge = evictions.filter((eviction) => {
    const { survivors, first, last } = eviction
    const { others } = headMerging(eviction, merging)
    return survivors - merging.merged >= Math.max(1, first + last) && others <= merging.others
  })
  if (merge.length === 0) return undefined
  const heads = merge.map((eviction) => headMerging(eviction, merging))
  const others = Math.max(...heads.map((head) => head.others))
  return { merging, compressor, evictions: merge, heads, others }
}

function headMerging(
  { offset, pinned, occupied, survivors }: Eviction,
  { merged }: Merging,
): HeadMerging {
  const first_merged = pinned + survivors - merged
  return { offset, others: occupied - first_merged, first_merged }
}

/**
 * Merges where it can. While reading it also records the range of merged slots in the cache.
 * @returns the other evictions, which drop
 */
export function mergeOthers(
  layer: EvictingLayer,
  evictions: readonly Eviction[],
): readonly Eviction[] {
  const merge = mergeFor(layer, evictions)
  if (!merge) return evictions
  gatherOthers(layer, merge)
  convolveOthers(layer, merge)
  blendOthers(layer, merge)
  mergeRows(layer, merge)
  return evictions.filter((eviction) => !merge.evictions.includes(eviction))
}

/** Lists the slots that are not heavy, copies their rows, and compacts the heavy ones. */
export function gatherOthers(
  layer: EvictingLayer,
  { evictions, heads, merging, others }: Merge,
): void {
  const { recorder, model, cache, ropeTable } = layer
  const { keys, values, scores, origins } = cache
  const { kvHeads, headSize } = model
  const { merged, taps, kernels, scratch } = merging
  const padding = (taps - 1) / 2
  const { residuals, sources } = scratch

  // first heavy slots and residuals together, then heavy slots alone, whose thresholds `slide` uses
  const thresholds = { buffer: layer.scratch.thresholds, bytes: 8 * kvHeads }
  const heavy = evictions.map((eviction) => ({
    ...eviction,
    survivors: eviction.survivors - merged,
  }))
  for (const [set, chosen] of [evictions, heavy].entries()) {
    const bound = { scores, thresholds: thresholds.buffer, noted: layer.scratch.badNumbers }
    recorder.run(layer.kernels.select, { heads: chosen }, bound, [chosen.length])
    const to = (1 - set) * thresholds.bytes
    recorder.copy(thresholds.buffer, 0, scratch.choices, to, thresholds.bytes)
  }
  recorder.run(
    kernels.listOthers,
    { others, merged, heads: evictions },
    { thresholds: scratch.choices, scores, origins, others: scratch.others, residuals },
    [evictions.length],
  )
  recorder.run(
    kernels.gather,
    { others, padding, heads },
    { keys, values, others: scratch.others, origins, rope_table: ropeTable, sources },
    gatherGrid(others + 2 * padding, headSize, heads.length),
  )
  slide(layer, heavy)
}

/** Convolution: from the others' rows to one number per merged slot and source. */
export function convolveOthers(
  { recorder, model }: EvictingLayer,
  { merging: { merged, kernels, scratch }, compressor, heads, others }: Merge,
): void {
  const { sources, logits } = scratch
  recorder.run(
    kernels.convolve,
    { others, merged, channels: (2 * paddedHead(model.headSize)) / 4, heads },
    { sources, weights: compressor.weights, bias: compressor.bias, logits },
    convolveGrid(others, merged, heads.length),
  )
}

/** Convolution outputs to merge weights, in place. */
export function blendOthers(
  { recorder }: EvictingLayer,
  { merging: { merged, kernels, scratch }, compressor, heads, others }: Merge,
): void {
  const { residuals, logits } = scratch
  recorder.run(
    kernels.blend,
    { others, merged, heads },
    { residuals, lambda: compressor.lambda, logits },
    [merged, heads.length],
  )
}

/** Weighted sums of the rows, behind the heavy slots. */
export function mergeRows(
  { recorder, model, cache, ropeTable }: EvictingLayer,
  { evictions, heads, merging, others }: Merge,
): void {
  const { keys, values, scores, origins } = cache
  const { merged, taps, kernels, scratch } = merging
  const { sources, residuals, logits } = scratch
  const padding = (taps - 1) / 2
  recorder.run(
    kernels.merge,
    { others, padding, merged, heads },
    { weights: logits, sources, residuals, origins, rope_table: ropeTable, keys, values, scores },
    mergeGrid(merged, model.headSize, heads.length),
  )
  for (const { head, pinned, survivors } of evictions) {
    if (pinned === 0) head.merged = { first: survivors - merged, end: survivors }
  }
}
