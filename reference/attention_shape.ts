// What one layer's attention depends on, with these settings.
import { budgetsOf } from '../src/engine/allocation.ts'
import type { ModelDescription } from '../src/model/description.ts'
import type { AttentionShape } from './model.ts'
import type { ReadingSettings } from './policies.ts'
import { within } from './rotary.ts'

export function attentionShape(
  description: ModelDescription,
  layerIndex: number,
  settings: ReadingSettings,
): AttentionShape {
  const attention = description.attention[layerIndex]
  if (!attention) throw new RangeError(`the model has no layer ${layerIndex}`)
  return {
    ...description,
    ...attention,
    rotary: within(attention.rotary, reach(settings, description.layers)),
  }
}

/** Positions there may ever be: LongRoPE chooses its frequencies by them. */
function reach(settings: ReadingSettings, layers: number): number {
  const { policy, positions, burst, chunk, tail } = settings
  if (positions === 'original' || policy === 'full') return Infinity
  return Math.max(...budgetsOf(settings, layers)) + burst + chunk + tail
}
