// How much of a head rotates.
import type { ModelDescription, Rotary } from '../api/description.ts'

/** Head dimensions that rotate, the first ones; the rest pass unchanged. */
export function rotatedOf({ frequencies }: Rotary): number {
  return 2 * frequencies.length
}

/** Dimensions of a layer's heads whose rotary pairs lie in halves in the checkpoint, the first ones; the rest stay as they are. */
export function halvedIn(
  { attention, pairs }: Pick<ModelDescription, 'attention' | 'pairs'>,
  layer: number,
): number {
  const rotary = attention[layer]?.rotary
  return rotary && pairs === 'halves' ? rotatedOf(rotary) : 0
}
