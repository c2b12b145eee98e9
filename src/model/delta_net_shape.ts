// The widths of a gated delta net, from its heads.
import type { DeltaNetShape, ModelDescription } from '../api/description.ts'

export interface DeltaNetWidths {
  /** values of all query heads, as of all key heads */
  readonly keys: number
  /** values of all value heads */
  readonly values: number
  /** q, k and v of a token, which the convolution goes over */
  readonly channels: number
  /** q, k, v, output gate, β and decay of a token */
  readonly mixed: number
}

export function deltaWidths({
  keyHeads,
  valueHeads,
  keySize,
  valueSize,
}: DeltaNetShape): DeltaNetWidths {
  const keys = keyHeads * keySize
  const values = valueHeads * valueSize
  const channels = 2 * keys + values
  return { keys, values, channels, mixed: channels + values + 2 * valueHeads }
}

/** The shape, of a model that has delta nets. */
export function deltaNetOf({ deltaNet }: Pick<ModelDescription, 'deltaNet'>): DeltaNetShape {
  if (!deltaNet) throw new Error('the model has no gated delta nets')
  return deltaNet
}

/** Rows of the matrices that one token's numbers come from: q, k and v; output gate; β; decay. */
export function mixedHeights(shape: DeltaNetShape): readonly number[] {
  const { channels, values } = deltaWidths(shape)
  return [channels, values, shape.valueHeads, shape.valueHeads]
}

/** Weights of its two matrices, each of which a token is multiplied by once. */
export function deltaNetWeights(shape: DeltaNetShape, hidden: number): number {
  const { mixed, values } = deltaWidths(shape)
  return hidden * (mixed + values)
}
