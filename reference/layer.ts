// One transformer layer over a block of rows: the residual stream in, the residual stream out.
import { append } from './append.ts'
import { attend } from './attend.ts'
import { gate } from './gate.ts'
import type { LayerCache, ReferenceModel } from './model.ts'
import { norm } from './norm.ts'
import { judge, type Block, type ReadingSettings } from './policies.ts'
import { project, projectOnto } from './project.ts'

/** @param residual (rows, hidden), changed in place */
export function runLayer(
  residual: Float32Array,
  cache: LayerCache,
  block: Block,
  layerIndex: number,
  model: ReferenceModel,
  settings: ReadingSettings,
): void {
  const { hidden, heads, headSize, feedForward, normEpsilon } = model.description
  const weights = model.layers[layerIndex]
  if (weights === undefined) throw new RangeError(`the model has no layer ${layerIndex}`)

  const attentionInput = norm(residual, weights.attentionNorm, normEpsilon)
  const qkv = project(attentionInput, weights.qkv, hidden)
  append(qkv, cache, model.description, block.firstSlot, block.firstOrigin)
  judge(qkv, cache, block, layerIndex, model, settings)
  const attended = attendAt(settings.positions, qkv, cache, block, model)
  projectOnto(attended, weights.attentionOutput, heads * headSize, residual)

  const feedForwardInput = norm(residual, weights.feedForwardNorm, normEpsilon)
  const gateUp = project(feedForwardInput, weights.gateUp, hidden)
  const gated = gate(gateUp, feedForward)
  projectOnto(gated, weights.down, feedForward, residual)
}

/** Positions are slots (official Locret), or each token's place in the prompt. */
function attendAt(
  positions: ReadingSettings['positions'],
  qkv: Float32Array,
  cache: LayerCache,
  { firstSlot, firstOrigin }: Block,
  { description }: ReferenceModel,
): Float32Array {
  if (positions === 'original') {
    return attend(qkv, cache, cache.origins, description, firstSlot, firstOrigin)
  }
  const slotIndices = cache.origins.map((_, index) => index % cache.slots)
  return attend(qkv, cache, slotIndices, description, firstSlot, firstSlot)
}
