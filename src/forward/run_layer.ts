// One layer as a list of steps: the Llama architecture (transformers `modeling_llama.py`) with the steps that other
// families add, each run when its weights exist. Keys are cached before rotation and rotated to their positions for
// attention.
import { appendGrid } from '../kernels/append.ts'
import { attendChunkGrid, spanCount, spansOfRows } from '../kernels/attend_chunk.ts'
import { gateGrid } from '../kernels/gate.ts'
import { gatedMatvecGrid } from '../kernels/gated_matvec.ts'
import { turnKeysGrid } from '../kernels/turn_keys.ts'
import type { ModelDescription } from '../api/description.ts'
import { padded, type GpuMatrix, type MatrixPart } from '../model/matrix.ts'
import {
  qkvWidth,
  rotaryPositions,
  scoringOf,
  windowOf,
  type Layer,
  type LayerStep,
} from './layer.ts'
import { kernelFor, tileFor, type Matvecs } from './matrix_kernels.ts'
import { rmsNormParams, rmsNormRows } from './rms_norm_rows.ts'
import { project, projectNormedRows } from './project.ts'
import { spansOf } from '../kernels/token_span.ts'

/** The steps of a layer, in order. T rows: the tokens of the pass. */
export const layerSteps = {
  // qkv (T, [q; k; v]) = RMSNorm(residual) · W_qkvᵀ, plus bias and per-head norms where the family has them
  projectQkv,

  // k, before rotation, and v go to the next slots of the cache; then
  // attended (T, heads · head size) = softmax(scale · rope(q) · rope(K)ᵀ) · V over the slots that each token sees
  attend,

  // the policy scores the new units
  scoreUnits,

  // residual (T, hidden) += attended · W_oᵀ, plus bias where the model has it
  addAttention: (layer: Layer) => {
    const { weights, scratch } = layer
    addToResidual(layer, weights.attentionOutput, scratch.attended, weights.attentionPostNorm)
  },

  // gated (T, feed-forward) = act(g) · u, where [g; u] = RMSNorm(residual) · W_gate_upᵀ
  gateRows,

  // residual (T, hidden) += gated · W_downᵀ
  addFeedForward: (layer: Layer) => {
    const { weights, scratch } = layer
    addToResidual(layer, weights.down, scratch.gated, weights.feedForwardPostNorm)
  },
} satisfies Record<LayerStep, (layer: Layer) => void>

const inOrder = Object.entries(layerSteps) as [LayerStep, (layer: Layer) => void][]

/** One layer, recorded but not submitted. */
export function runLayer(layer: Layer): void {
  for (const [step, run] of inOrder) {
    run(layer)
    layer.pass.afterStep?.(step, layer)
  }
}

/** The residual stream to q, k and v. */
export function projectQkv(layer: Layer): void {
  const { weights, scratch } = layer
  projectNormedRows(layer, weights.attentionNorm, weights.qkv, scratch.qkv)
  if (weights.headNorms) rmsNormHeads(layer, weights.headNorms) // Qwen 3, Gemma 3
}

/** Appends k and v to the cache, then attention of the queries over it; the policy measures it. */
export function attend(layer: Layer): void {
  if (layer.matvecs) {
    attendToken(layer) // appends by itself
  } else {
    appendUnits(layer)
    attendChunk(layer)
  }
  layer.policy.observe?.(layer)
  layer.pass.observe?.(layer)
}

/** The policy scores the new units. */
export function scoreUnits(layer: Layer): void {
  layer.policy.score?.(layer)
}

/** Appends k and v to the cache. */
export function appendUnits({ recorder, kernels, model, scratch, cache, rows }: Layer): void {
  const { keys, values, origins } = cache
  recorder.run(
    kernels.append,
    { first_origin: rows.firstOrigin, qkv_width: qkvWidth(model), heads: rows.heads },
    { qkv: scratch.qkv, keys, values, origins },
    appendGrid(model.kvHeads, rows.count),
  )
}

/** residual += input · matrixᵀ + bias, with a norm of the sum where the family has a post-norm */
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
    kernels.rmsNormOnto,
    rmsNormParams(model, 0),
    { x: scratch.normed, weight: postNorm, normed: scratch.residual },
    [rows.count],
  )
}

function rmsNormHeads({ recorder, kernels, model, scratch, rows }: Layer, weight: GPUBuffer): void {
  recorder.run(
    kernels.rmsNormHeads,
    { qkv_width: qkvWidth(model), epsilon: model.normEpsilon },
    { weight, qkv: scratch.qkv },
    [model.heads + model.kvHeads, rows.count],
  )
}

function attendChunk(layer: Layer): void {
  const { recorder, kernels, model, scratch, slotScratch, cache, rows, meanSlots } = layer
  const { positions, own_positions } = rotaryPositions(layer)
  const window = windowOf(layer)
  const rope_table = layer.ropeTable
  const { turned } = slotScratch
  const out_width = padded(model.heads * model.headSize)
  const visible = rows.heads.map(({ first_slot }) => Math.min(first_slot, window) + rows.count)
  const heads = spansOfRows(rows.heads, visible, meanSlots, mostSpans(model))
  const isSplit = heads.some(({ spans }) => spans > 1)
  // both are unused until the feed-forward layer; where heads may be split, the plan has room for both
  const ofSpans = { output: scratch.gateUp, lse: scratch.gated }
  const whole = { output: scratch.attended, lse: scratch.lse }
  recorder.run(
    kernels.turnKeys,
    { rows: rows.count, own_positions, window, heads: rows.heads },
    { turned, keys: cache.keys, positions, rope_table },
    turnKeysGrid(visible),
  )
  recorder.run(
    kernels.attendChunk,
    {
      rows: rows.count,
      own_positions,
      qkv_width: qkvWidth(model),
      out_width,
      window,
      ...scoringOf(model),
      heads,
    },
    {
      qkv: scratch.qkv,
      turned,
      values: cache.values,
      rope_table,
      positions,
      ...(isSplit ? ofSpans : whole),
    },
    attendChunkGrid(rows.count, model.heads / model.kvHeads, spanCount(heads), kernels.tile),
  )
  if (!isSplit) return
  recorder.run(
    kernels.joinSpans,
    { rows: rows.count, out_width, heads },
    { span_outputs: ofSpans.output, span_lse: ofSpans.lse, ...whole },
    [model.heads, rows.count],
  )
}

/** The most spans of one KV head whose results fit into the feed-forward scratch, where attention writes them. */
export function mostSpans({ heads, headSize, feedForward }: ModelDescription): number {
  const outputs = Math.floor(padded(2 * feedForward) / padded(heads * headSize))
  return Math.max(1, Math.min(outputs, Math.floor(padded(feedForward) / heads)))
}

function attendToken(layer: Layer): void {
  const { recorder, kernels, model, scratch, slotScratch, cache, rows } = layer
  const { own_positions } = rotaryPositions(layer)
  const window = windowOf(layer)
  let first_span = 0
  const heads = rows.heads.map((head) => {
    const own = { ...head, first_span }
    first_span += spansOf(Math.min(head.first_slot + rows.count, window))
    return own
  })
  recorder.run(
    kernels.attendToken,
    {
      first_origin: rows.firstOrigin,
      qkv_width: qkvWidth(model),
      turns_by_origin: own_positions,
      window,
      ...scoringOf(model),
      heads,
    },
    {
      qkv: scratch.qkv,
      keys: cache.keys,
      values: cache.values,
      origins: cache.origins,
      rope_table: layer.ropeTable,
      stats: slotScratch.spanStats,
      outputs: slotScratch.spanOutputs,
    },
    [first_span, rows.count],
  )
  recorder.run(
    kernels.attendMerge,
    { spans: first_span, window, out_width: padded(model.heads * model.headSize), heads },
    {
      stats: slotScratch.spanStats,
      outputs: slotScratch.spanOutputs,
      output: scratch.attended,
      lse: scratch.lse,
    },
    [model.heads, rows.count],
  )
}

/** The residual stream to act(gate) · up. The product is taken in the same dispatch unless the matrix is split. */
function gateRows(layer: Layer): void {
  const { weights, matvecs } = layer
  const [whole, ...others] = weights.gateUp.parts
  if (!whole || others.length > 0) gateInParts(layer)
  else if (matvecs) gateToken(layer, whole, matvecs)
  else gateChunk(layer, whole)
}

function gateToken(layer: Layer, { matrix, storage }: MatrixPart, matvecs: Matvecs): void {
  const { recorder, model, weights, scratch, rows } = layer
  const { feedForward: feed_forward } = model
  const { ins } = weights.gateUp
  const { kernel, lanes } = kernelFor(matvecs.gatedMatvec, { storage, ins })
  recorder.run(
    kernel,
    {
      tokens: rows.count,
      feed_forward,
      in_eights: padded(ins) / 8,
      out_width: padded(feed_forward),
      width: ins,
      epsilon: model.normEpsilon,
    },
    {
      residual: scratch.residual,
      matrix,
      weight: weights.feedForwardNorm,
      gated: scratch.gated,
    },
    gatedMatvecGrid(feed_forward, lanes),
  )
}

function gateChunk(layer: Layer, { matrix, storage }: MatrixPart): void {
  const { recorder, kernels, model, weights, scratch, rows } = layer
  const { feedForward: feed_forward } = model
  const { ins, outs } = weights.gateUp
  rmsNormRows(layer, weights.feedForwardNorm, 0, rows.count)
  const { kernel, grid } = tileFor(
    kernelFor(kernels.gatedMatmul, { storage, ins }),
    outs,
    rows.count,
  )
  recorder.run(
    kernel,
    { rows: rows.count, feed_forward, in_eights: padded(ins) / 8, out_width: padded(feed_forward) },
    { input: scratch.normed, matrix, gated: scratch.gated },
    grid,
  )
}

function gateInParts(layer: Layer): void {
  const { recorder, kernels, model, weights, scratch, rows } = layer
  const { feedForward: feed_forward } = model
  projectNormedRows(layer, weights.feedForwardNorm, weights.gateUp, scratch.gateUp)
  recorder.run(
    kernels.gate,
    { feed_forward, in_width: padded(2 * feed_forward), out_width: padded(feed_forward) },
    { gate_up: scratch.gateUp, gated: scratch.gated },
    gateGrid(feed_forward, rows.count),
  )
}
