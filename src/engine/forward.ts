// The forward pass: token ids to the residual stream, one layer after the other, each a flat list of steps; then the
// last row to logits. The Llama architecture (transformers `modeling_llama.py`) with the steps that other families add, each
// there when its weights are. Keys enter the cache before rotation and turn to their position inside attention.
import { appendGrid } from '../kernels/append.ts'
import { attendChunkGrid } from '../kernels/attend_chunk.ts'
import { spansOf } from '../kernels/attend_token.ts'
import { biasGrid } from '../kernels/bias.ts'
import { capLogitsGrid } from '../kernels/cap_logits.ts'
import { gateGrid } from '../kernels/gate.ts'
import type { ModelDescription } from '../model/description.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { Engine } from './engine.ts'
import { alone, firstPosition, qkvWidth, rotaryPositions, type Layer, type Pass } from './layer.ts'
import { project } from './project.ts'

/**
 * Runs the tokens in `scratch.ids` through all layers; their keys and values take the next free slots.
 * Layers are submitted as the pace allows.
 * @param pass at most `plan.block` tokens, for which the cache has room
 */
export async function forward(engine: Engine, pass: Pass): Promise<void> {
  const { recorder, pace, policy } = engine
  embedTokens(engine, pass.count)
  for (let index = 0; index < engine.weights.layers.length; index++) {
    runLayer(layerOf(engine, index, pass))
    await pace.layerDone(recorder.submit)
  }
  if (policy.afterLayers) {
    for (const _ of policy.afterLayers(engine, pass)) await pace.layerDone(recorder.submit)
    projectLogits(engine, pass.count - 1)
  }
  advance(engine, pass)
}

/**
 * The same for the one token in row 0 of `scratch.ids`, and on to logits; recorded but not submitted: the decode step.
 */
export function forwardToken(engine: Engine): void {
  const pass = alone(1)
  embedTokens(engine, 1)
  for (let index = 0; index < engine.weights.layers.length; index++) {
    runLayer(layerOf(engine, index, pass))
  }
  Array.from(engine.policy.afterLayers?.(engine, pass) ?? [])
  projectLogits(engine, 0)
  advance(engine, pass)
}

/** The tokens are in the cache. */
function advance({ cache }: Engine, { count }: Pass): void {
  for (const layer of cache.layers) layer.occupied += count
  cache.seen += count
}

/** The next tokens in one layer. */
export function layerOf(engine: Engine, index: number, pass: Pass): Layer {
  const { plan, weights, cache, recorder, kernels, scratch, spans, policy } = engine
  const layerWeights = weights.layers[index]
  const layerCache = cache.layers[index]
  const attention = plan.model.attention[index]
  const turns = scratch.turns[index]
  if (!layerWeights || !layerCache || !attention || !turns)
    throw new Error(`there is no layer ${index}`)
  return {
    index,
    model: plan.model,
    attention,
    settings: plan.settings,
    weights: layerWeights,
    cache: layerCache,
    slotPositions: cache.slotPositions,
    policy,
    pass,
    rows: { count: pass.count, firstSlot: layerCache.occupied, firstOrigin: cache.seen },
    recorder,
    kernels,
    scratch,
    turns,
    spans,
  }
}

/** The residual stream of the tokens in `scratch.ids`, recorded but not submitted. */
export function embedTokens(
  {
    recorder,
    kernels,
    plan,
    weights,
    scratch,
  }: Pick<Engine, 'recorder' | 'kernels' | 'plan' | 'weights' | 'scratch'>,
  count: number,
): void {
  const { ids, residual } = scratch
  for (const { matrix, firstOut, outs } of weights.embedding.parts) {
    const row_eights = padded(weights.embedding.ins) / 8
    recorder.run(
      kernels.embed,
      { first_id: firstOut, part_ids: outs, row_eights, scale: plan.model.embeddingScale },
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
  if (weights.qkvBias) addBias(layer, weights.qkvBias)
  if (weights.headNorms) normHeads(layer, weights.headNorms)
  appendRows(layer)
  policy.score?.(layer)
  if (layer.rows.count === 1) attendOne(layer)
  else attendMany(layer)
  policy.observe?.(layer)
  addToResidual(layer, weights.attentionOutput, scratch.attended, weights.attentionPostNorm)

  // feed-forward
  normRows(layer, weights.feedForwardNorm)
  project(layer, 'into', weights.gateUp, scratch.normed, scratch.gateUp)
  gateRows(layer)
  addToResidual(layer, weights.down, scratch.gated, weights.feedForwardPostNorm)
}

function normRows({ recorder, kernels, model, scratch, rows }: Layer, weight: GPUBuffer): void {
  recorder.run(
    kernels.normInto,
    normParams(model, 0),
    { x: scratch.residual, weight, normed: scratch.normed },
    [rows.count],
  )
}

/** residual += input · matrixᵀ, normed on the way where there is a post-norm */
function addToResidual(
  layer: Layer,
  matrix: GpuMatrix,
  input: GPUBuffer,
  postNorm: GPUBuffer | undefined,
): void {
  const { recorder, kernels, model, scratch, rows } = layer
  if (!postNorm) {
    project(layer, 'onto', matrix, input, scratch.residual)
    return
  }
  project(layer, 'into', matrix, input, scratch.normed)
  recorder.run(
    kernels.normOnto,
    normParams(model, 0),
    { x: scratch.normed, weight: postNorm, normed: scratch.residual },
    [rows.count],
  )
}

function normParams({ hidden, normEpsilon }: ModelDescription, first_row: number) {
  return { first_row, width: hidden, row_quads: padded(hidden) / 4, epsilon: normEpsilon }
}

function addBias({ recorder, kernels, model, scratch, rows }: Layer, bias: GPUBuffer): void {
  const width = (model.heads + 2 * model.kvHeads) * model.headSize
  recorder.run(
    kernels.bias,
    { width, row_width: padded(width) },
    { bias, rows: scratch.qkv },
    biasGrid(width, rows.count),
  )
}

function normHeads({ recorder, kernels, model, scratch, rows }: Layer, weight: GPUBuffer): void {
  recorder.run(
    kernels.normHeads,
    { qkv_width: qkvWidth(model), epsilon: model.normEpsilon },
    { weight, qkv: scratch.qkv },
    [model.heads + model.kvHeads, rows.count],
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
  const { positions, stride } = rotaryPositions(layer)
  recorder.run(
    kernels.attendChunk,
    {
      rows: rows.count,
      first_slot: rows.firstSlot,
      first_position: firstPosition(layer),
      capacity: cache.capacity,
      position_stride: stride,
      qkv_width: qkvWidth(model),
      out_width: padded(model.heads * model.headSize),
      window: windowOf(layer),
      ...scoringOf(model),
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      values: cache.values,
      positions,
      turns: layer.turns,
      output: scratch.attended,
      log_sums: scratch.logSums,
    },
    attendChunkGrid(rows.count, model.heads / model.kvHeads, model.kvHeads, kernels.tile),
  )
}

function attendOne(layer: Layer): void {
  const { recorder, kernels, model, scratch, cache, rows, spans } = layer
  const { positions, stride } = rotaryPositions(layer)
  const visible = rows.firstSlot + 1
  const first_slot = visible - Math.min(visible, windowOf(layer))
  const count = spansOf(visible - first_slot)
  recorder.run(
    kernels.attendToken,
    {
      first_slot,
      visible,
      position: firstPosition(layer),
      capacity: cache.capacity,
      position_stride: stride,
      ...scoringOf(model),
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      values: cache.values,
      positions,
      turns: layer.turns,
      stats: spans.stats,
      outputs: spans.outputs,
    },
    [count, model.kvHeads],
  )
  recorder.run(
    kernels.attendMerge,
    { spans: count },
    {
      stats: spans.stats,
      outputs: spans.outputs,
      output: scratch.attended,
      log_sums: scratch.logSums,
    },
    [model.heads],
  )
}

/** Newest slots a token of this layer sees. */
export function windowOf({ attention, cache }: Pick<Layer, 'attention' | 'cache'>): number {
  return attention.window ?? cache.capacity
}

/** How q · k becomes a score: parameters of every kernel that computes one. */
export function scoringOf({ attentionScale, attentionCap }: ModelDescription) {
  return { scale: attentionScale, cap: attentionCap ?? 0 }
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

/**
 * The residual stream of some rows to logits, recorded but not submitted.
 * @param logits (row, vocabulary)
 */
export function projectLogits(
  engine: Engine,
  firstRow: number,
  count = 1,
  logits = engine.scratch.logits,
): void {
  const { recorder, kernels, plan, scratch, weights } = engine
  const { model } = plan
  recorder.run(
    kernels.normInto,
    normParams(model, firstRow),
    { x: scratch.residual, weight: weights.finalNorm, normed: scratch.normed },
    [count],
  )
  const rows = { recorder, kernels, rows: { count } }
  project(rows, 'into', weights.output, scratch.normed, logits)
  if (model.logitCap !== undefined) {
    const values = count * padded(model.vocabulary)
    const params = { count: values, cap: model.logitCap }
    recorder.run(kernels.capLogits, params, { logits }, capLogitsGrid(values))
  }
}
