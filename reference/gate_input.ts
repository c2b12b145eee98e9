// What a layer does with its own input (Gemma 4).
import type { Activation, ModelDescription } from '../src/api/description.ts'
import { at } from './at.ts'
import { gelu, silu } from './gate.ts'

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
