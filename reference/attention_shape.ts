// The parameters of one layer's attention under given settings.
import { budgetsOf } from './budgets.ts'
import { ofLayer } from './of_layer.ts'
import type { AttentionShape, ReferenceModel } from './model.ts'
import type { ReadingSettings } from './policies.ts'
import { within } from './rotary.ts'

export function attentionShape(
  model: Pick<ReferenceModel, 'description' | 'layers' | 'shares'>,
  layerIndex: number,
  settings: ReadingSettings,
): AttentionShape {
  const { description } = model
  const attention = description.attention[layerIndex]
  if (!attention) throw new RangeError(`the model has no layer ${layerIndex}`)
  const weights = model.layers[layerIndex]
  return {
    ...ofLayer(description, layerIndex),
    ...attention,
    turnedNorms: weights && 'qkv' in weights ? weights.turnedNorms : undefined,
    rotary: within(attention.rotary, reach(model, settings)),
  }
}

/** The highest number of positions, by which LongRoPE chooses its frequencies. */
function reach(
  { description, shares }: Pick<ReferenceModel, 'description' | 'shares'>,
  settings: ReadingSettings,
): number {
  const { policy, positions, burst, chunk, tail } = settings
  if (positions === 'original' || policy.name === 'full') return Infinity
  return Math.max(...budgetsOf(settings, description, shares).flat()) + burst + chunk + tail
}
