// Eviction by merging (LoCoCo, arXiv 2406.05317): the heaviest slots stay in order, behind them come the merged ones, which
// a convolution over the keys and values of all others makes.
import { paddedHead } from '../cache/cache.ts'
import { convolveGrid } from '../kernels/convolve.ts'
import { gatherGrid } from '../kernels/gather.ts'
import { mergeGrid } from '../kernels/merge.ts'
import { drop } from './drop.ts'
import type { EvictingLayer, Eviction } from './policy.ts'

/**
 * Where an answer leaves too few places for what is spared beside the merged slots, it drops instead.
 * While reading, the cache learns which slots are merged ones.
 */
export function mergeOthers(layer: EvictingLayer, eviction: Eviction): void {
  const { recorder, model, cache, merging, turns } = layer
  const { pinned, places, first, last } = eviction
  const { keys, values, scores, origins, occupied, capacity } = cache
  const { kvHeads, headSize } = model
  const compressor = merging?.layers[layer.index]
  const heavy = places - (merging?.merged ?? 0)
  const others = occupied - pinned - heavy
  if (!merging || !compressor || heavy < Math.max(1, first + last) || others > merging.others) {
    drop(layer, eviction)
    return
  }
  const { merged, taps, kernels, scratch } = merging
  const padding = (taps - 1) / 2
  const { residuals, sources, levels } = scratch

  // all that can be heavy or stand for a merged slot, then the heavy alone, whose thresholds compact goes by
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
  recorder.run(layer.kernels.compact, region, { ...cache, thresholds: thresholds.buffer }, [
    kvHeads,
  ])
  recorder.run(
    kernels.convolve,
    { others, merged, channels: (2 * paddedHead(headSize)) / 4 },
    { sources, weights: compressor.weights, bias: compressor.bias, levels },
    convolveGrid(others, merged, kvHeads),
  )
  recorder.run(
    kernels.blend,
    { others, merged },
    { residuals, lambda: compressor.lambda, levels },
    [merged, kvHeads],
  )
  recorder.run(
    kernels.merge,
    { others, padding, merged, first_merged: pinned + heavy, capacity },
    { weights: levels, sources, residuals, origins, turns, keys, values, scores },
    mergeGrid(merged, headSize, kvHeads),
  )
  if (pinned === 0) cache.merged = { first: heavy, end: places }
}
