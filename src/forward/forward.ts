// The forward pass: token ids to the residual stream, layer by layer (run_layer.ts), and rows of it to logits.
import { headsOf } from './cache.ts'
import { capLogitsGrid } from '../kernels/cap_logits.ts'
import { deltaNetOf } from '../model/delta_net_shape.ts'
import { padded } from '../model/matrix.ts'
import type { Engine } from './engine.ts'
import {
  alone,
  layersOf,
  nextRows,
  type AnyLayer,
  type CommonLayer,
  type ConvolutionLayer,
  type DeltaNetLayer,
  type Layer,
  type Pass,
} from './layer.ts'
import { kernelFor, type Matvecs } from './matrix_kernels.ts'
import { makeLayerInputs } from './layer_inputs.ts'
import { rmsNormRows } from './rms_norm_rows.ts'
import { isLocalLayer } from '../plan/local.ts'
import { budgetsDiffer } from '../plan/allocation.ts'
import { project } from './project.ts'
import { runLayer } from './run_layer.ts'

/**
 * Runs the tokens in `scratch.ids` through all layers and appends their keys and values to the cache. Submits layers in
 * groups (pace.ts).
 * @param pass at most `plan.block` tokens, for which the cache has free slots
 */
export async function forward(engine: Engine, pass: Pass): Promise<void> {
  const { recorder, pace, policy } = engine
  embedTokens(engine, pass.count)
  makeLayerInputs(engine, pass.count, matvecsOf(engine, pass))
  const mean = meanSlots(engine, pass)
  for (let index = 0; index < layersOf(pass, engine.plan.model); index++) {
    runLayer(anyLayerOf(engine, index, pass, mean))
    await pace.layerDone(recorder.submit)
  }
  if (pass.scored && policy.afterLayers) {
    for (const _ of policy.afterLayers(engine, pass)) await pace.layerDone(recorder.submit)
    projectLogits(engine, pass.count - 1)
  }
  advance(engine, pass)
}

/** The decode step of one token, in row 0 of `scratch.ids`. Recorded but not submitted. @param scored see Pass */
export function forwardToken(engine: Engine, scored: boolean): void {
  step(engine, alone(1, scored))
}

/** The decode step of a few tokens, whose scores no eviction will use. Recorded but not submitted. */
export function forwardFew(engine: Engine, count: number, fewMatvecs: Matvecs): void {
  step(engine, { ...alone(count, false), fewMatvecs })
}

/** The tokens in `scratch.ids` through all layers, and on to the logits of each. */
function step(engine: Engine, pass: Pass): void {
  embedTokens(engine, pass.count)
  makeLayerInputs(engine, pass.count, matvecsOf(engine, pass))
  for (let index = 0; index < engine.weights.layers.length; index++) {
    runLayer(anyLayerOf(engine, index, pass))
  }
  if (pass.scored) Array.from(engine.policy.afterLayers?.(engine, pass) ?? [])
  projectLogits(engine, 0, pass.count, engine.scratch.logits, matvecsOf(engine, pass))
  advance(engine, pass)
}

function matvecsOf({ kernels }: Pick<Engine, 'kernels'>, pass: Pick<Pass, 'count' | 'fewMatvecs'>) {
  return pass.count === 1 ? kernels.matvecs : pass.fewMatvecs
}

/** Counts the tokens of the pass as cached. */
export function advance({ cache }: Engine, { count }: Pass): void {
  for (const { heads } of cache.layers) for (const head of heads) head.occupied += count
  cache.seen += count
}

/**
 * A layer of any kind with the rows of the next pass.
 * @param meanSlots see Layer
 */
export function anyLayerOf(
  engine: Engine,
  index: number,
  pass: Pass,
  meanSlots?: number,
): AnyLayer {
  switch (engine.plan.model.kinds[index]) {
    case 'short convolution':
      return convolutionOf(engine, index, pass)
    case 'gated delta net':
      return deltaNetLayerOf(engine, index, pass)
    default:
      return layerOf(engine, index, pass, meanSlots)
  }
}

/** The same of a layer that is a short convolution. */
function convolutionOf(engine: Engine, index: number, pass: Pass): ConvolutionLayer {
  const { weights, cache } = engine
  const layerWeights = weights.layers[index]
  const inputs = cache.states[index]?.inputs
  if (!layerWeights || !('convolution' in layerWeights) || !inputs)
    throw new Error(`layer ${index} is no short convolution`)
  return {
    ...commonOf(engine, index, pass),
    kind: 'short convolution',
    weights: layerWeights,
    rows: { count: pass.count, firstOrigin: cache.seen },
    inputs,
    tailFrom: cache.tailFrom,
  }
}

/** The same of a layer that is a gated delta net. */
function deltaNetLayerOf(engine: Engine, index: number, pass: Pass): DeltaNetLayer {
  const { plan, weights, cache } = engine
  const layerWeights = weights.layers[index]
  const { inputs, associations } = cache.states[index] ?? {}
  if (!layerWeights || !('deltaNet' in layerWeights) || !inputs || !associations)
    throw new Error(`layer ${index} is no gated delta net`)
  return {
    kind: 'gated delta net',
    ...commonOf(engine, index, pass),
    shape: deltaNetOf(plan.model),
    weights: layerWeights,
    rows: { count: pass.count, firstOrigin: cache.seen },
    inputs,
    associations,
    tailFrom: cache.tailFrom,
  }
}

function commonOf(
  engine: Engine,
  index: number,
  pass: Pass,
): Omit<CommonLayer, 'weights' | 'rows'> {
  const { recorder, kernels, models, scratch } = engine
  const matvecs = matvecsOf(engine, pass)
  const own = kernels.ofLayers[index]
  const model = models[index]
  if (!own || !model) throw new Error(`the model has no layer ${index}`)
  return { index, model, pass, recorder, kernels: own, matvecs, scratch }
}

/** The same of a layer of attention, shared or not. */
export function layerOf(
  engine: Engine,
  index: number,
  pass: Pass,
  meanSlots: number = Infinity,
): Layer {
  const { plan, weights, cache, scratch, slotScratch, policy } = engine
  const layerWeights = weights.layers[index]
  const attention = plan.model.attention[index]
  const layerCache = cache.layers[attention?.keysOf ?? index]
  const ropeTable = scratch.ropeTables[index]
  if (!layerWeights || !('qkv' in layerWeights) || !layerCache || !attention || !ropeTable)
    throw new Error(`layer ${index} has no attention`)
  return {
    ...commonOf(engine, index, pass),
    kind: attention.keysOf === undefined ? 'attention' : 'shared attention',
    attention,
    settings: plan.settings,
    weights: layerWeights,
    cache: layerCache,
    slotPositions: cache.slotPositions,
    policy: pass.scored && !isLocalLayer(plan, index) ? policy : {},
    rows: { count: pass.count, heads: nextRows(layerCache), firstOrigin: cache.seen },
    meanSlots,
    ropeTable,
    slotScratch,
  }
}

/** See Layer. It is the same for all layers of a pass. */
export function meanSlots({ plan, cache }: Engine, { count }: Pass): number {
  if (!budgetsDiffer(plan)) return Infinity
  const heads = headsOf(cache)
  return count + heads.reduce((sum, { occupied }) => sum + occupied, 0) / heads.length
}

/** Embeds the tokens in `scratch.ids` into the residual stream. Recorded but not submitted. */
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
  for (const { matrix, storage, firstOut, outs } of weights.embedding.parts) {
    const { ins } = weights.embedding
    const row_eights = padded(ins) / 8
    recorder.run(
      kernelFor(kernels.embed, { storage, ins }),
      { first_id: firstOut, part_ids: outs, row_eights, scale: plan.model.embeddingScale },
      { ids, matrix, residual },
      [count],
    )
  }
}

/**
 * Rows of the residual stream to logits. Recorded but not submitted.
 * @param logits (row, vocabulary)
 * @param matvecs see Layer
 */
export function projectLogits(
  engine: Engine,
  firstRow: number,
  count = 1,
  logits = engine.scratch.logits,
  matvecs = matvecsOf(engine, { count }),
): void {
  const { recorder, kernels, plan, scratch, weights } = engine
  const { model } = plan
  rmsNormRows({ recorder, kernels, model, scratch }, weights.finalNorm, firstRow, count)
  const rows = { recorder, kernels, matvecs, rows: { count } }
  project(rows, 'into', weights.output, scratch.normed, logits)
  if (model.logitCap !== undefined) {
    const values = count * padded(model.vocabulary)
    const params = { count: values, cap: model.logitCap }
    recorder.run(kernels.capLogits, params, { logits }, capLogitsGrid(values))
  }
}
