import source from '../../shaders/gate_input.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** silu(gate) · input, or gelu(gate) · input where GELU = 1, in place of the gate. */
export const gateInput = kernel({
  name: 'gate_input',
  source,
  params: { width: 'u32', gate_width: 'u32', first: 'u32', input_width: 'u32' },
  bindings: { inputs: 'read', gate: 'write' },
  constants: ['GELU'],
})

export function gateInputGrid(width: number, rows: number): readonly [number, number] {
  return [ceilDiv(width, 64), rows]
}
