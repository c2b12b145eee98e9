// The forward pass: token ids to the residual stream, one layer after the other, each a flat list of steps; then the
// last row to logits. Llama architecture (transformers `modeling_llama.py`), except that keys enter the cache before
// rotation and turn to their position inside attention.
import { appendGrid } from '../kernels/append.ts'
import { attendChunkGrid } from '../kernels/attend_chunk.ts'
import { spansOf } from '../kernels/attend_token.ts'
import { gateGrid } from '../kernels/gate.ts'
import { padded } from '../model/matrix.ts'
import type { Engine } from './engine.ts'
import type { Layer } from './layer.ts'
import { project } from './project.ts'

/**
 * Runs the tokens in `scratch.ids` through all layers; their keys and values take the next free slots.
 * Layers are submitted as the pace allows.
 * @param count tokens, at most `plan.block`, for which the cache has room
 */
export async function forward(engine: Engine, count: number): Promise<void> {
  const { cache, recorder, pace } = engine
  embedTokens(engine, count)
  for (const [index, layer] of cache.layers.entries()) {
    runLayer(layerOf(engine, index, count))
    layer.occupied += count
    await pace.layerDone(recorder.submit)
  }
  cache.seen += count
}

/** The same for the one token in row 0 of `scratch.ids`, recorded but not submitted: the decode step. */
export function forwardToken(engine: Engine): void {
  const { cache } = engine
  embedTokens(engine, 1)
  for (const [index, layer] of cache.layers.entries()) {
    runLayer(layerOf(engine, index, 1))
    layer.occupied++
  }
  cache.seen++
}

/** The next `count` tokens in one layer. */
export function layerOf(engine: Engine, index: number, count: number): Layer {
  const { plan, weights, cache, recorder, kernels, scratch, spans, policy } = engine
  const layerWeights = weights.layers[index]
  const layerCache = cache.layers[index]
  if (!layerWeights || !layerCache) throw new Error(`there is no layer ${index}`)
  return {
    index,
    model: plan.model,
    settings: plan.settings,
    weights: layerWeights,
    cache: layerCache,
    slotPositions: cache.slotPositions,
    policy,
    rows: { count, firstSlot: layerCache.occupied, firstOrigin: cache.seen },
    recorder,
    kernels,
    scratch,
    spans,
  }
}

/** The residual stream of the tokens in `scratch.ids`, recorded but not submitted. */
export function embedTokens(
  {
    recorder,
    kernels,
    weights,
    scratch,
  }: Pick<Engine, 'recorder' | 'kernels' | 'weights' | 'scratch'>,
  count: number,
): void {
  const { ids, residual } = scratch
  for (const { matrix, firstOut, outs } of weights.embedding.parts) {
    const row_eights = padded(weights.embedding.ins) / 8
    recorder.run(
      kernels.embed,
      { first_id: firstOut, part_ids: outs, row_eights },
      { ids, matrix, residual },
      [count],
    )
  }
}

/** One layer, recorded but not submitted. */
export function runLayer(layer: Layer): void {
  const { weights, scratch, policy } = layer

  // attention
  normRows(layer, weights.attentionNorm)
  project(layer, 'into', weights.qkv, scratch.normed, scratch.qkv)
  appendRows(layer)
  policy.score?.(layer)
  if (layer.rows.count === 1) attendOne(layer)
  else attendMany(layer)
  policy.observe?.(layer)
  project(layer, 'onto', weights.attentionOutput, scratch.attended, scratch.residual)

  // feed-forward
  normRows(layer, weights.feedForwardNorm)
  project(layer, 'into', weights.gateUp, scratch.normed, scratch.gateUp)
  gateRows(layer)
  project(layer, 'onto', weights.down, scratch.gated, scratch.residual)
}

function normRows({ recorder, kernels, model, scratch, rows }: Layer, weight: GPUBuffer): void {
  recorder.run(
    kernels.norm,
    {
      first_row: 0,
      width: model.hidden,
      row_quads: padded(model.hidden) / 4,
      epsilon: model.normEpsilon,
    },
    { x: scratch.residual, weight, normed: scratch.normed },
    [rows.count],
  )
}

function appendRows({ recorder, kernels, model, scratch, cache, rows }: Layer): void {
  const { keys, values, origins, capacity } = cache
  recorder.run(
    kernels.append,
    {
      first_slot: rows.firstSlot,
      first_origin: rows.firstOrigin,
      capacity,
      qkv_width: qkvWidth(model),
    },
    { qkv: scratch.qkv, keys, values, origins },
    appendGrid(model.kvHeads, model.headSize, rows.count),
  )
}

function attendMany(layer: Layer): void {
  const { recorder, kernels, model, scratch, cache, rows } = layer
  const { positions, positionStride, firstPosition } = positionsOf(layer)
  recorder.run(
    kernels.attendChunk,
    {
      rows: rows.count,
      first_slot: rows.firstSlot,
      first_position: firstPosition,
      capacity: cache.capacity,
      position_stride: positionStride,
      qkv_width: qkvWidth(model),
      out_width: padded(model.heads * model.headSize),
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      values: cache.values,
      positions,
      turns: scratch.turns,
      output: scratch.attended,
      log_sums: scratch.logSums,
    },
    attendChunkGrid(rows.count, model.heads / model.kvHeads, model.kvHeads, kernels.tile),
  )
}

function attendOne(layer: Layer): void {
  const { recorder, kernels, model, scratch, cache, rows, spans } = layer
  const { positions, positionStride, firstPosition } = positionsOf(layer)
  const visible = rows.firstSlot + 1
  recorder.run(
    kernels.attendToken,
    {
      visible,
      position: firstPosition,
      capacity: cache.capacity,
      position_stride: positionStride,
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      values: cache.values,
      positions,
      turns: scratch.turns,
      stats: spans.stats,
      outputs: spans.outputs,
    },
    [spansOf(visible), model.kvHeads],
  )
  recorder.run(
    kernels.attendMerge,
    { spans: spansOf(visible) },
    {
      stats: spans.stats,
      outputs: spans.outputs,
      output: scratch.attended,
      log_sums: scratch.logSums,
    },
    [model.heads],
  )
}

function gateRows({ recorder, kernels, model, scratch, rows }: Layer): void {
  recorder.run(
    kernels.gate,
    {
      feed_forward: model.feedForward,
      in_width: padded(2 * model.feedForward),
      out_width: padded(model.feedForward),
    },
    { gate_up: scratch.gateUp, gated: scratch.gated },
    gateGrid(model.feedForward, rows.count),
  )
}

/** Rotary positions: the slot itself, one row for all heads, or every KV head's own origins. */
function positionsOf({ settings, cache, slotPositions, rows }: Layer): {
  positions: GPUBuffer
  positionStride: number
  firstPosition: number
} {
  if (settings.positions === 'slot') {
    return { positions: slotPositions, positionStride: 0, firstPosition: rows.firstSlot }
  }
  return {
    positions: cache.origins,
    positionStride: cache.capacity,
    firstPosition: rows.firstOrigin,
  }
}

function qkvWidth({ heads, kvHeads, headSize }: Layer['model']): number {
  return padded((heads + 2 * kvHeads) * headSize)
}

/** The residual stream of one row to `scratch.logits`, recorded but not submitted. */
export function projectLogits(engine: Engine, row: number): void {
  const { recorder, kernels, plan, scratch, weights } = engine
  const { model } = plan
  recorder.run(
    kernels.norm,
    {
      first_row: row,
      width: model.hidden,
      row_quads: padded(model.hidden) / 4,
      epsilon: model.normEpsilon,
    },
    { x: scratch.residual, weight: weights.finalNorm, normed: scratch.normed },
    [1],
  )
  const oneRow = { recorder, kernels, rows: { count: 1 } }
  project(oneRow, 'into', weights.output, scratch.normed, scratch.logits)
}
