// Rotary positions of what lies in a cache's slots.
import type { LayerCache } from './model.ts'
import type { ReadingSettings } from './policies.ts'

/** (kvHead, slot): slots (official Locret), or each token's place in the prompt */
export function keyPositions(
  positions: ReadingSettings['positions'],
  { origins, heads }: LayerCache,
): Uint32Array {
  if (positions === 'original') return origins
  const slots = new Uint32Array(origins.length)
  for (const { offset, slots: own } of heads) {
    for (let slot = 0; slot < own; slot++) slots[offset + slot] = slot
  }
  return slots
}
