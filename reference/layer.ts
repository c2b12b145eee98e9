// One transformer layer over a block of rows of the residual stream.
import type { ModelDescription } from '../src/api/description.ts'
import { append } from './append.ts'
import { at } from './at.ts'
import { attend } from './attend.ts'
import { attentionShape } from './attention_shape.ts'
import type { Watch } from './forward.ts'
import { gate } from './gate.ts'
import type { LayerCache, LayerWeights, ReferenceModel } from './model.ts'
import { rmsNorm, rmsNormHeads } from './rms_norm.ts'
import { judge, observe, type Block, type ReadingSettings } from './policies.ts'
import { keyPositions } from './positions.ts'
import { addBias, project } from './project.ts'

/** @param residual (rows, hidden), changed in place */
export function runLayer(
  residual: Float32Array,
  cache: LayerCache,
  block: Block,
  layerIndex: number,
  model: ReferenceModel,
  settings: ReadingSettings,
  watch?: Watch,
): void {
  const { description } = model
  const { hidden, heads, headSize, feedForward, activation, normEpsilon } = description
  const weights = model.layers[layerIndex]
  if (!weights) throw new RangeError(`the model has no layer ${layerIndex}`)

  const qkv = projectQkv(residual, weights, description)
  append(qkv, cache, description, block.firstSlots, block.firstOrigin, settings.storage?.cache)
  judge(qkv, cache, block, layerIndex, model, settings)
  const shape = attentionShape(model, layerIndex, settings)
  const attended = attend(
    qkv,
    cache,
    keyPositions(settings.positions, cache),
    shape,
    block.firstSlots,
  )
  observe(qkv, cache, block, shape, settings)
  watch?.(layerIndex, qkv, cache, block)
  const attentionOutput = project(attended, weights.attentionOutput, heads * headSize)
  addTo(residual, attentionOutput, weights.attentionPostNorm, normEpsilon)

  const feedForwardInput = rmsNorm(residual, weights.feedForwardNorm, normEpsilon)
  const gateUp = project(feedForwardInput, weights.gateUp, hidden)
  const gated = gate(gateUp, feedForward, activation)
  const feedForwardOutput = project(gated, weights.down, feedForward)
  addTo(residual, feedForwardOutput, weights.feedForwardPostNorm, normEpsilon)
}

/**
 * Queries and keys before rotation, and values: what the cache stores and retaining heads read.
 * @param residual (rows, hidden)
 * @returns (rows, (heads + 2·kvHeads) · headSize) = [q; k; v]
 */
export function projectQkv(
  residual: Float32Array,
  { attentionNorm, qkv: matrix, qkvBias, headNorms }: LayerWeights,
  description: ModelDescription,
): Float32Array {
  const { hidden, normEpsilon } = description
  const plain = project(rmsNorm(residual, attentionNorm, normEpsilon), matrix, hidden)
  const qkv = qkvBias ? addBias(plain, qkvBias) : plain
  if (headNorms) rmsNormHeads(qkv, headNorms, description, normEpsilon)
  return qkv
}

/** The residual connection; some families norm the summand. */
function addTo(
  residual: Float32Array,
  output: Float32Array,
  postNorm: Float32Array | undefined,
  epsilon: number,
): void {
  const added = postNorm ? rmsNorm(output, postNorm, epsilon) : output
  added.forEach((value, i) => (residual[i] = at(residual, i) + value))
}
