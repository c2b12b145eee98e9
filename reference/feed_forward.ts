// The second half of a layer, alike whatever mixes its tokens, and what either half reads and writes.
import { at } from './at.ts'
import type { ModelDescription } from '../src/api/description.ts'
import { gate } from './gate.ts'
import { gateInput } from './gate_input.ts'
import type { LayerCache, LayerWeights, ReferenceModel } from './model.ts'
import { ofLayer } from './of_layer.ts'
import type { Block, ReadingSettings } from './policies.ts'
import { addBias, project } from './project.ts'
import { rmsNorm } from './rms_norm.ts'
import { scaleRows } from './scale_rows.ts'

/** A block of rows in one layer: what its steps read and write. */
export interface Layer {
  readonly index: number
  readonly model: ReferenceModel
  readonly settings: ReadingSettings
  readonly cache: LayerCache
  readonly block: Block
  /** (rows, hidden), changed in place */
  readonly residual: Float32Array
  /** (rows, (heads + 2·kvHeads) · headSize) = [q; k; v] before rotation */
  qkv: Float32Array
  /** (rows, heads · headSize) */
  attended: Float32Array
  /** (rows, feedForward) */
  gated: Float32Array
  /** (rows, 3·hidden) = [input gate; output gate; value] of a short convolution */
  gates: Float32Array
  /** (rows, channels) */
  convolved: Float32Array
  /** (rows, [q; k; v; output gate; β; decay]) of a gated delta net */
  mixed: Float32Array
  /** (rows, value heads · value size) */
  readout: Float32Array
  /** (rows, layers · layerInputWidth); empty in models without */
  readonly layerInputs: Float32Array
}

/** In order, with the names that the engine's steps have. */
export const feedForwardSteps = {
  gateRows(layer: Layer) {
    const { feedForwardNorm, gateUp, gateUpBias } = weightsOf(layer)
    const { hidden, feedForward, activation, normEpsilon } = descriptionOf(layer)
    const input = ifNormed(layer.residual, feedForwardNorm, normEpsilon)
    const gates = biased(project(input, gateUp, hidden), gateUpBias)
    layer.gated = gate(gates, feedForward, activation)
  },
  addFeedForward(layer: Layer) {
    const { down, downBias, feedForwardPostNorm } = weightsOf(layer)
    const { feedForward, normEpsilon } = descriptionOf(layer)
    const output = biased(project(layer.gated, down, feedForward), downBias)
    addTo(layer.residual, output, feedForwardPostNorm, normEpsilon)
  },
  addLayerInput(layer: Layer) {
    const { layerInput } = weightsOf(layer)
    if (!layerInput) return
    const { residual, layerInputs, index } = layer
    const description = descriptionOf(layer)
    const { hidden, layerInputWidth = 0, normEpsilon } = description
    const gates = project(residual, layerInput.gate, hidden)
    const gated = gateInput(gates, layerInputs, index, description)
    const output = project(gated, layerInput.output, layerInputWidth)
    addTo(residual, output, layerInput.norm, normEpsilon)
  },
  scaleResidual(layer: Layer) {
    scaleRows(layer.residual, weightsOf(layer).scale)
  },
}

export function descriptionOf({ index, model }: Layer): ModelDescription {
  return ofLayer(model.description, index)
}

export function weightsOf({ index, model }: Layer): LayerWeights {
  const weights = model.layers[index]
  if (!weights) throw new RangeError(`the model has no layer ${index}`)
  return weights
}

/** The residual connection; some families norm the summand. */
export function addTo(
  residual: Float32Array,
  output: Float32Array,
  postNorm: Float32Array | undefined,
  epsilon: number,
): void {
  const added = ifNormed(output, postNorm, epsilon)
  added.forEach((value, i) => (residual[i] = at(residual, i) + value))
}

/** The rows with a bias, where there is one. */
export function biased(rows: Float32Array, bias: Float32Array | undefined): Float32Array {
  return bias ? addBias(rows, bias) : rows
}

/** The rows normed, where there is a norm. */
export function ifNormed(
  rows: Float32Array,
  norm: Float32Array | undefined,
  epsilon: number,
): Float32Array {
  return norm ? rmsNorm(rows, norm, epsilon) : rows
}
