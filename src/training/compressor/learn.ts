// Backward from attention over the compressed cache to the convolution: the loss, its slopes at the merged keys and
// values, and the gradients of weights, bias and λ. Gradients do not flow through the heavy slots, their selection, or
// the model.
import { paddedHead } from '../../plan/cache_bytes.ts'
import { type HeadCache, type LayerCache } from '../../forward/cache.ts'
import { qkvWidth, rotaryPositions, scoringOf, windowOf, type Layer } from '../../forward/layer.ts'
import { attendBackwardGrid } from '../../kernels/attend_backward.ts'
import { convolveGradientGrid } from '../../kernels/convolve_gradient.ts'
import { mergeBackwardGrid } from '../../kernels/merge_backward.ts'
import { padded } from '../../model/matrix.ts'
import type { TrainedConvolution } from './buffers.ts'
import type { CompressorTrainer } from './trainer.ts'

/** Merged slots of a layer. All its KV heads have the same, since training uses the same budget. */
export function mergedIn({ heads }: LayerCache): HeadCache['merged'] {
  return heads[0]?.merged ?? { first: 0, end: 0 }
}

/** Distance of a block's attention output from that over the full cache. @param targets (row, head · head size) */
export function recordOutputLoss(
  { kernels, buffers, settings }: CompressorTrainer,
  { recorder, model, scratch, rows, index }: Layer,
  targets: GPUBuffer,
): void {
  const { outputSlopes, softmax, losses } = buffers.backward
  recorder.run(
    kernels.outputLoss,
    {
      rows: rows.count,
      width: padded(model.heads * model.headSize),
      weight: 1 / settings.length,
      first_loss: index * model.kvHeads,
    },
    {
      outputs: scratch.attended,
      targets,
      lse: scratch.lse,
      slopes: outputSlopes,
      softmax,
      losses,
    },
    [model.kvHeads],
  )
}

/** From a block's outputs to the merged slots. @param adds to the result of earlier blocks of the same chunk */
export function recordAttendBackward(
  { kernels, buffers }: CompressorTrainer,
  layer: Layer,
  adds: boolean,
): void {
  const { recorder, model, scratch, cache, rows, ropeTable } = layer
  const { positions, own_positions } = rotaryPositions(layer)
  const { outputSlopes, softmax, mergedSlopes } = buffers.backward
  const { first, end } = mergedIn(cache)
  const merged = end - first
  recorder.run(
    kernels.attendBackward,
    {
      rows: rows.count,
      own_positions,
      qkv_width: qkvWidth(model),
      width: padded(model.heads * model.headSize),
      first_merged: first,
      merged,
      window: windowOf(layer),
      ...scoringOf(model),
      adds: adds ? 1 : 0,
      heads: rows.heads,
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      values: cache.values,
      positions,
      rope_table: ropeTable,
      softmax,
      slopes: outputSlopes,
      merged_slopes: mergedSlopes,
    },
    attendBackwardGrid(merged, model.kvHeads),
  )
}

/**
 * From the merged slots to the gradients, which are added to.
 * @param others slots merged per KV head
 */
export function recordMergeBackward(
  { engine, merging, kernels, buffers }: CompressorTrainer,
  { weights, bias, lambda }: TrainedConvolution,
  others: number,
): void {
  const { recorder, plan } = engine
  const { kvHeads, headSize } = plan.model
  const { merged, taps, scratch } = merging
  const { sources, residuals } = scratch
  const { mergedSlopes, logits, weightSlopes, parts } = buffers.backward
  const channels = (2 * paddedHead(headSize)) / 4
  recorder.run(
    kernels.mergeBackward,
    { others, padding: (taps - 1) / 2, merged },
    { merged_slopes: mergedSlopes, sources, weight_slopes: weightSlopes },
    mergeBackwardGrid(others, merged, kvHeads),
  )
  recorder.run(
    kernels.blendBackward,
    { others, merged },
    { logits, residuals, lambda: lambda.weights, slopes: weightSlopes, parts },
    [merged, kvHeads],
  )
  recorder.run(
    kernels.sumParts,
    { kv_heads: kvHeads, merged },
    { parts, bias_gradient: bias.gradient, lambda_gradient: lambda.gradient },
    [1],
  )
  recorder.run(
    kernels.convolveGradient,
    { others, merged, channels, kv_heads: kvHeads },
    { slopes: weightSlopes, sources, gradient: weights.gradient },
    convolveGradientGrid(channels, merged, taps),
  )
}
