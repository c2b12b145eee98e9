// What one layer's attention depends on, with these settings.
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
  return { ...description, ...attention, rotary: within(attention.rotary, reach(settings)) }
}

/** Positions there may ever be: LongRoPE chooses its frequencies by them. */
function reach({ policy, positions, budget, burst, chunk, tail }: ReadingSettings): number {
  return positions === 'slot' && policy !== 'full' ? budget + burst + chunk + tail : Infinity
}
