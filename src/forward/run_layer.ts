// One layer as a list of steps: the Llama architecture (transformers `modeling_llama.py`) with the steps that other
// families add, each run when its weights exist. Keys are cached before rotation and rotated to their positions for
// attention. A layer of shared attention reads the cache of an earlier layer and appends nothing. A layer of another kind has
// steps of its own in the place of attention's (convolution.ts, delta_net.ts).
import { appendGrid } from '../kernels/append.ts'
import { attendChunkGrid, spanCount, spansOfRows } from '../kernels/attend_chunk.ts'
import { turnKeysGrid } from '../kernels/turn_keys.ts'
import { sigmoidGateGrid } from '../kernels/sigmoid_gate.ts'
import type { LayerKind, ModelDescription } from '../api/description.ts'
import { padded } from '../model/matrix.ts'
import { convolutionSteps } from './convolution.ts'
import { deltaNetSteps } from './delta_net.ts'
import { addToResidual } from './add_to_residual.ts'
import { feedForwardSteps } from './feed_forward.ts'
import {
  qkvWidth,
  rowWidth,
  rotaryPositions,
  scoringOf,
  turnedNormsOf,
  windowOf,
  type AnyLayer,
  type AttentionStep,
  type ConvolutionStep,
  type DeltaNetStep,
  type Layer,
  type LayerStep,
  type SharedAttentionStep,
} from './layer.ts'
import { projectNormedRows } from './project.ts'
import { spansOf } from '../kernels/token_span.ts'

/** The steps of a layer of attention, in order. T rows: the tokens of the pass. */
const attentionSteps = {
  // qkv (T, [q; k; v]) = RMSNorm(residual) · W_qkvᵀ, plus bias and per-head norms where the family has them
  projectQkv,

  // k, before rotation, and v go to the next slots of the cache; then
  // attended (T, heads · head size) = softmax(scale · rope(q) · rope(K)ᵀ) · V over the slots that each token sees
  attend,

  // the policy scores the new units
  scoreUnits,

  // attended = sigmoid(RMSNorm(residual) · W_gateᵀ) · attended, where the family has output gates
  gateAttended,

  // residual (T, hidden) += attended · W_oᵀ, plus bias where the model has it
  addAttention: (layer: Layer) => {
    const { weights, scratch } = layer
    addToResidual(layer, weights.attentionOutput, scratch.attended, weights.attentionPostNorm)
  },

  ...feedForwardSteps,
} satisfies Record<AttentionStep, (layer: Layer) => void>

/** The same where keys and values are those of an earlier layer. */
const sharedAttentionSteps = {
  // q (T, heads · head size) = RMSNorm(residual) · W_qᵀ, with its norm
  projectQkv,

  attend: attendShared,

  addAttention: attentionSteps.addAttention,

  ...feedForwardSteps,
} satisfies Record<SharedAttentionStep, (layer: Layer) => void>

/** Names of a layer's steps, in order. */
export const stepsOf: Readonly<Record<LayerKind, readonly LayerStep[]>> = {
  attention: Object.keys(attentionSteps) as AttentionStep[],
  'shared attention': Object.keys(sharedAttentionSteps) as SharedAttentionStep[],
  'short convolution': Object.keys(convolutionSteps) as ConvolutionStep[],
  'gated delta net': Object.keys(deltaNetSteps) as DeltaNetStep[],
}

/** One layer, recorded but not submitted. */
export function runLayer(layer: AnyLayer): void {
  for (const step of stepsOf[layer.kind]) {
    runStep(layer, step)
    layer.pass.afterStep?.(step, layer)
  }
}

/** One of a layer's steps, recorded but not submitted. */
export function runStep(layer: AnyLayer, step: LayerStep): void {
  switch (layer.kind) {
    case 'attention':
      attentionSteps[step as AttentionStep](layer)
      break
    case 'shared attention':
      sharedAttentionSteps[step as SharedAttentionStep](layer)
      break
    case 'short convolution':
      convolutionSteps[step as ConvolutionStep](layer)
      break
    case 'gated delta net':
      deltaNetSteps[step as DeltaNetStep](layer)
      break
    default:
      layer satisfies never
  }
}

/** The residual stream to q, k and v. */
export function projectQkv(layer: Layer): void {
  const { weights, scratch } = layer
  projectNormedRows(layer, weights.attentionNorm, weights.qkv, scratch.qkv)
  if (weights.headNorms) rmsNormHeads(layer, weights.headNorms) // Qwen 3, Gemma 3, OLMo 2
  // a rotation keeps lengths, so that norms whose weights multiply turned heads divide before it
  if (weights.turnedNorms) rmsNormHeads(layer, scratch.ones) // HunYuan
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

/** Attention over the cache of an earlier layer, which has appended the units of these tokens. */
function attendShared(layer: Layer): void {
  if (layer.matvecs) attendToken(layer)
  else attendChunk(layer)
}

/** The policy scores the new units. */
export function scoreUnits(layer: Layer): void {
  layer.policy.score?.(layer)
}

/** Attention's output gates, in the families that have them. */
function gateAttended(layer: Layer): void {
  const { recorder, kernels, model, weights, scratch, rows } = layer
  if (!weights.attentionGate) return
  projectNormedRows(layer, weights.attentionNorm, weights.attentionGate, scratch.outputGates)
  const count = rows.count * padded(model.heads * model.headSize)
  recorder.run(
    kernels.sigmoidGate,
    { count },
    { gates: scratch.outputGates, attended: scratch.attended },
    sigmoidGateGrid(count),
  )
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

function rmsNormHeads(layer: Layer, weight: GPUBuffer): void {
  const { recorder, kernels, model, scratch, rows } = layer
  const { kernel, count } = kernels.rmsNormHeads
  recorder.run(
    kernel,
    { qkv_width: rowWidth(layer), epsilon: model.normEpsilon },
    { weight, qkv: scratch.qkv },
    [count, rows.count],
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
      qkv_width: rowWidth(layer),
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
      turned_norms: turnedNormsOf(layer),
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
      qkv_width: rowWidth(layer),
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
      turned_norms: turnedNormsOf(layer),
      stats: slotScratch.spanStats,
      outputs: slotScratch.spanOutputs,
    },
    [first_span, rows.count, kernels.parts],
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
