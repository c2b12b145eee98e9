// Dimensions of a retaining head.
import { padded } from '../model/matrix.ts'
import type { ModelDescription } from '../api/description.ts'

/** Values in a row of [q; k; v]. */
export function inputWidth({ heads, kvHeads, headSize }: ModelDescription): number {
  return (heads + 2 * kvHeads) * headSize
}

export function headCounts(model: ModelDescription, hidden: number): { fc1: number; fc2: number } {
  return {
    fc1: hidden * padded(inputWidth(model)),
    fc2: 4 * Math.ceil((model.kvHeads * hidden) / 4),
  }
}
