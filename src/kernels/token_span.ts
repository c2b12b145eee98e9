import { ceilDiv } from '../gpu/kernel.ts'

/** Slots of a span in the decode step; SPAN in token_span.wgsl. */
export const spanSlots = 128

export function spansOf(slots: number): number {
  return ceilDiv(slots, spanSlots)
}
