// Rotary positions of the keys in a cache and of a block's first row.
import type { LayerCache } from './model.ts'
import type { Block, ReadingSettings } from './policies.ts'

/** (kvHead, slot): slots (official Locret), or each token's place in the prompt */
export function keyPositions(
  positions: ReadingSettings['positions'],
  { origins, slots }: LayerCache,
): Uint32Array {
  return positions === 'original' ? origins : origins.map((_, index) => index % slots)
}

export function firstPosition(
  positions: ReadingSettings['positions'],
  { firstSlot, firstOrigin }: Block,
): number {
  return positions === 'original' ? firstOrigin : firstSlot
}
