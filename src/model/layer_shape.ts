// What a layer has of its own. In most models layers are alike.
import type { ModelDescription } from '../api/description.ts'
import { attentionLayers } from './layer_kinds.ts'

/** The model with the numbers that one of its layers has. */
export function inLayer<Model extends Pick<ModelDescription, 'shapes'>>(
  model: Model,
  layer: number,
): Model {
  const own = model.shapes?.[layer]
  return own ? { ...model, ...own } : model
}

/** The model as each of its layers has it. Shape: (layers). */
export function inLayers<Model extends Pick<ModelDescription, 'shapes' | 'kinds'>>(
  model: Model,
): Model[] {
  return model.kinds.map((_, layer) => inLayer(model, layer))
}

/** The largest of what every layer has. */
export function mostInLayers<Model extends Pick<ModelDescription, 'shapes' | 'kinds'>>(
  model: Model,
  valueOf: (own: Model, layer: number) => number,
): number {
  return Math.max(...inLayers(model).map(valueOf))
}

/** KV heads of all layers that have a cache. */
export function kvHeadsOf(model: Pick<ModelDescription, 'kvHeads' | 'kinds' | 'shapes'>): number {
  return attentionLayers(model).reduce((sum, layer) => sum + inLayer(model, layer).kvHeads, 0)
}
