// The inputs that every layer has for every token (Gemma 4), and what a layer does with its own.
import type { Activation, ModelDescription } from '../src/api/description.ts'
import { at } from './at.ts'
import { gelu, silu } from './gate.ts'
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

/**
 * @param gate (rows, width)
 * @param inputs (rows, layers · width)
 * @returns (rows, width): activation(gate) · input
 */
export function gateInput(
  gate: Float32Array,
  inputs: Float32Array,
  layer: number,
  { layers, layerInputWidth: width = 0, activation }: Gated,
): Float32Array {
  const activate = { silu, gelu }[activation]
  return gate.map((value, i) => {
    const row = Math.floor(i / width)
    return activate(value) * at(inputs, (row * layers + layer) * width + (i % width))
  })
}

type Gated = Pick<ModelDescription, 'layers' | 'layerInputWidth'> & {
  readonly activation: Activation
}
