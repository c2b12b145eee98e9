// Rotary positions of a cache's slots.
import type { LayerCache } from './model.ts'
import type { ReadingSettings } from './policies.ts'

/** (kvHead, slot): slot numbers (official Locret), or each token's index in the prompt */
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
