// Eviction by merging (LoCoCo, arXiv 2406.05317): the heaviest slots stay in order, behind them come the merged ones, which
// a convolution over the keys and values of all others makes.
import { paddedHead } from '../cache/cache.ts'
import type { GpuCompressor, Merging } from '../engine/merging.ts'
import { convolveGrid } from '../kernels/convolve.ts'
import { gatherGrid } from '../kernels/gather.ts'
import { mergeGrid } from '../kernels/merge.ts'
import { drop, slide } from './drop.ts'
import type { EvictingLayer, Eviction } from './policy.ts'

/** What an eviction merges, and by what. */
export interface Merge {
  readonly eviction: Eviction
  readonly merging: Merging
  readonly compressor: GpuCompressor
  /** slots that stay as they are, per KV head */
  readonly heavy: number
  /** slots that are merged, per KV head */
  readonly others: number
}

/** Undefined where an answer leaves too few places for what is spared beside the merged slots. */
export function mergeFor(layer: EvictingLayer, eviction: Eviction): Merge | undefined {
  const { merging, cache } = layer
  const { pinned, places, first, last } = eviction
  const compressor = merging?.layers[layer.index]
  const heavy = places - (merging?.merged ?? 0)
  const others = cache.occupied - pinned - heavy
  if (!merging || !compressor || heavy < Math.max(1, first + last) || others > merging.others) {
    return undefined
  }
  return { eviction, merging, compressor, heavy, others }
}

/** Merges, or drops where there is no room for it. While reading, the cache learns which slots are merged ones. */
export function mergeOthers(layer: EvictingLayer, eviction: Eviction): void {
  const merge = mergeFor(layer, eviction)
  if (!merge) {
    drop(layer, eviction)
    return
  }
  gatherOthers(layer, merge)
  convolveOthers(layer, merge)
  blendOthers(layer, merge)
  mergeRows(layer, merge)
}

/** Lists the slots that are not heavy, takes their rows, and slides the heavy ones together. */
export function gatherOthers(
  layer: EvictingLayer,
  { eviction, merging, heavy, others }: Merge,
): void {
  const { recorder, model, cache, turns } = layer
  const { pinned, places, first, last } = eviction
  const { keys, values, scores, origins, occupied, capacity } = cache
  const { kvHeads, headSize } = model
  const { merged, taps, kernels, scratch } = merging
  const padding = (taps - 1) / 2
  const { residuals, sources } = scratch

  // all that can be heavy or stand for a merged slot, then the heavy alone, whose thresholds `slide` goes by
  const thresholds = { buffer: layer.scratch.thresholds, bytes: 8 * kvHeads }
  const region = { pinned, occupied, first, last, capacity }
  for (const [set, chosen] of [places, heavy].entries()) {
    const bound = { scores, thresholds: thresholds.buffer }
    recorder.run(layer.kernels.select, { ...region, places: chosen }, bound, [kvHeads])
    const to = (1 - set) * thresholds.bytes
    recorder.copy(thresholds.buffer, 0, scratch.choices, to, thresholds.bytes)
  }
  recorder.run(
    kernels.listOthers,
    { ...region, kv_heads: kvHeads, others, merged },
    { thresholds: scratch.choices, scores, origins, others: scratch.others, residuals },
    [kvHeads],
  )
  recorder.run(
    kernels.gather,
    { others, padding, capacity },
    { keys, values, others: scratch.others, origins, turns, sources },
    gatherGrid(others + 2 * padding, headSize, kvHeads),
  )
  slide(layer, { pinned, places: heavy, first, last })
}

/** Rows to levels: what every merged slot makes of every source. */
export function convolveOthers(
  { recorder, model }: EvictingLayer,
  { merging: { merged, kernels, scratch }, compressor, others }: Merge,
): void {
  const { kvHeads, headSize } = model
  const { sources, levels } = scratch
  recorder.run(
    kernels.convolve,
    { others, merged, channels: (2 * paddedHead(headSize)) / 4 },
    { sources, weights: compressor.weights, bias: compressor.bias, levels },
    convolveGrid(others, merged, kvHeads),
  )
}

/** Levels to weights, in place. */
export function blendOthers(
  { recorder, model: { kvHeads } }: EvictingLayer,
  { merging: { merged, kernels, scratch }, compressor, others }: Merge,
): void {
  const { residuals, levels } = scratch
  recorder.run(
    kernels.blend,
    { others, merged },
    { residuals, lambda: compressor.lambda, levels },
    [merged, kvHeads],
  )
}

/** Weighted sums of the rows, behind the heavy slots. */
export function mergeRows(
  { recorder, model, cache, turns }: EvictingLayer,
  { eviction: { pinned, places }, merging, heavy, others }: Merge,
): void {
  const { kvHeads, headSize } = model
  const { keys, values, scores, origins, capacity } = cache
  const { merged, taps, kernels, scratch } = merging
  const { sources, residuals, levels } = scratch
  const padding = (taps - 1) / 2
  recorder.run(
    kernels.merge,
    { others, padding, merged, first_merged: pinned + heavy, capacity },
    { weights: levels, sources, residuals, origins, turns, keys, values, scores },
    mergeGrid(merged, headSize, kvHeads),
  )
  if (pinned === 0) cache.merged = { first: heavy, end: places }
}
