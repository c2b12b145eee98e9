// The inputs that every layer has for every token (Gemma 4).
import type { ModelDescription } from '../src/api/description.ts'
import { at } from './at.ts'
import { rmsNorm } from './rms_norm.ts'

/**
 * @param projected (rows, layers · width): the projected embeddings
 * @param tokenRows (rows, layers · width): the tokens' rows of the table
 * @param weight (width)
 * @returns (rows, layers · width)
 */
export function layerInputs(
  projected: Float32Array,
  tokenRows: Float32Array,
  weight: Float32Array,
  { hidden, normEpsilon }: Pick<ModelDescription, 'hidden' | 'normEpsilon'>,
): Float32Array {
  const scaled = projected.map((value) => value / Math.sqrt(hidden))
  const normed = rmsNorm(scaled, weight, normEpsilon)
  const ofTable = Math.sqrt(weight.length)
  return normed.map((value, i) => (value + ofTable * at(tokenRows, i)) / Math.SQRT2)
}
