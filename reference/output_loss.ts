// Squared difference of two attention outputs.
import { at } from './at.ts'

export interface OutputLoss {
  /** Σ difference² */
  readonly difference: number
  /** Σ target² */
  readonly size: number
  /** (rows, heads · headSize): d (weight · Σ difference²) / d output */
  readonly slopes: Float32Array
}

/** @param outputs (rows, heads · headSize), as `targets` are */
export function outputLoss(
  outputs: Float32Array,
  targets: Float32Array,
  weight: number,
): OutputLoss {
  const differences = outputs.map((output, i) => output - at(targets, i))
  const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0)
  return {
    difference: squares(differences),
    size: squares(targets),
    slopes: differences.map((difference) => 2 * weight * difference),
  }
}
