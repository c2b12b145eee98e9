// One transformer layer over a block of rows of the residual stream.
import type { LayerKind, ModelDescription } from '../src/api/description.ts'
import { append } from './append.ts'
import { attend } from './attend.ts'
import { attentionShape } from './attention_shape.ts'
import type { Watch } from './forward.ts'
import { deltaNetSteps } from './delta_net_layer.ts'
import {
  addTo,
  biased,
  descriptionOf,
  feedForwardSteps,
  ifNormed,
  weightsOf,
  type Layer,
} from './feed_forward.ts'
import { sigmoidGate } from './gate.ts'
import type { AttentionWeights, ConvolutionWeights, LayerCache, ReferenceModel } from './model.ts'
import { rmsNormHeads } from './rms_norm.ts'
import { judge, observe, type Block, type ReadingSettings } from './policies.ts'
import { keyPositions } from './positions.ts'
import { project } from './project.ts'
import { shortConvolution } from './short_convolution.ts'

/** The same, without KV heads where those of an earlier layer are read. */
function queriesAlone(layer: Layer): ModelDescription {
  const description = descriptionOf(layer)
  const isShared = description.kinds[layer.index] === 'shared attention'
  return isShared ? { ...description, kvHeads: 0 } : description
}

/** In order, with the names that the engine's steps have. */
export const convolutionSteps = {
  projectGates(layer: Layer) {
    const { attentionNorm, convolution } = convolutionOf(layer)
    const { hidden, normEpsilon } = layer.model.description
    const input = ifNormed(layer.residual, attentionNorm, normEpsilon)
    layer.gates = project(input, convolution.gates, hidden)
  },
  convolve(layer: Layer) {
    const { cache, gates, model } = layer
    const { hidden, convolutionTaps } = model.description
    const { weights } = convolutionOf(layer).convolution
    const made = shortConvolution(gates, weights, cache.inputs, hidden)
    layer.convolved = made.convolved
    const all = Float32Array.from([...cache.inputs, ...made.inputs])
    cache.inputs = all.slice(Math.max(0, all.length - (convolutionTaps - 1) * hidden))
  },
  addConvolution(layer: Layer) {
    const { convolution, attentionPostNorm } = convolutionOf(layer)
    const { hidden, normEpsilon } = layer.model.description
    const output = project(layer.convolved, convolution.output, hidden)
    addTo(layer.residual, output, attentionPostNorm, normEpsilon)
  },
  ...feedForwardSteps,
}

/** The same of a layer of attention. */
export const attentionSteps = {
  projectQkv(layer: Layer) {
    layer.qkv = projectQkv(layer.residual, attentionOf(layer), queriesAlone(layer))
  },
  attend(layer: Layer) {
    const { index, model, settings, cache, block, qkv } = layer
    const { firstSlots, firstOrigin } = block
    append(qkv, cache, descriptionOf(layer), firstSlots, firstOrigin, settings.storage?.cache)
    const shape = attentionShape(model, index, settings)
    const positions = keyPositions(settings.positions, cache)
    layer.attended = attend(qkv, cache, positions, shape, firstSlots)
    observe(qkv, cache, block, shape, settings)
  },
  scoreUnits({ index, model, settings, cache, block, qkv }: Layer) {
    judge(qkv, cache, block, index, model, settings)
  },
  gateAttended(layer: Layer) {
    const { attentionNorm, attentionGate } = attentionOf(layer)
    const { hidden, normEpsilon } = layer.model.description
    if (!attentionGate) return
    const input = ifNormed(layer.residual, attentionNorm, normEpsilon)
    layer.attended = sigmoidGate(layer.attended, project(input, attentionGate, hidden))
  },
  addAttention(layer: Layer) {
    const { attentionOutput, attentionOutputBias, attentionPostNorm } = attentionOf(layer)
    const { heads, headSize, normEpsilon } = descriptionOf(layer)
    const plain = project(layer.attended, attentionOutput, heads * headSize)
    const output = biased(plain, attentionOutputBias)
    addTo(layer.residual, output, attentionPostNorm, normEpsilon)
  },
  ...feedForwardSteps,
}

/** The same of a layer that reads the cache of an earlier one, which has the units of these rows. */
export const sharedAttentionSteps = {
  projectQkv: (layer: Layer) => attentionSteps.projectQkv(layer),
  attend(layer: Layer) {
    const { index, model, settings, cache, block, qkv } = layer
    const shape = attentionShape(model, index, settings)
    const positions = keyPositions(settings.positions, cache)
    const width = shape.heads * shape.headSize
    layer.attended = attend(qkv, cache, positions, shape, block.firstSlots, width)
  },
  addAttention: (layer: Layer) => attentionSteps.addAttention(layer),
  ...feedForwardSteps,
}

const stepsOf: Record<LayerKind, Readonly<Record<string, (layer: Layer) => void>>> = {
  attention: attentionSteps,
  'shared attention': sharedAttentionSteps,
  'short convolution': convolutionSteps,
  'gated delta net': deltaNetSteps,
}

/** @param residual (rows, hidden), changed in place */
export function runLayer(
  residual: Float32Array,
  cache: LayerCache,
  block: Block,
  index: number,
  model: ReferenceModel,
  settings: ReadingSettings,
  layerInputs: Float32Array = new Float32Array(),
  watch?: Watch,
): void {
  const unset = new Float32Array()
  const ofAttention = { qkv: unset, attended: unset }
  const ofOthers = { gates: unset, convolved: unset, mixed: unset, readout: unset }
  const rows = { residual, layerInputs, ...ofAttention, ...ofOthers, gated: unset }
  const layer: Layer = { index, model, settings, cache, block, ...rows }
  const steps = stepsOf[model.description.kinds[index] ?? 'attention']
  for (const [name, run] of Object.entries(steps)) {
    run(layer)
    if (name === 'attend') watch?.(index, layer.qkv, cache, block)
  }
}

function attentionOf(layer: Layer): AttentionWeights {
  const weights = weightsOf(layer)
  if ('qkv' in weights) return weights
  throw new RangeError(`layer ${layer.index} has no attention`)
}

function convolutionOf(layer: Layer): ConvolutionWeights {
  const weights = weightsOf(layer)
  if ('convolution' in weights) return weights
  throw new RangeError(`layer ${layer.index} has no convolution`)
}

/**
 * Queries and keys before rotation, and values: what the cache stores and retaining heads read.
 * @param residual (rows, hidden)
 * @returns (rows, (heads + 2·kvHeads) · headSize) = [q; k; v]
 */
export function projectQkv(
  residual: Float32Array,
  { attentionNorm, qkv: matrix, qkvBias, headNorms }: AttentionWeights,
  description: ModelDescription,
): Float32Array {
  const { hidden, normEpsilon } = description
  const plain = project(ifNormed(residual, attentionNorm, normEpsilon), matrix, hidden)
  const qkv = biased(plain, qkvBias)
  if (headNorms) rmsNormHeads(qkv, headNorms, description, normEpsilon)
  return qkv
}
