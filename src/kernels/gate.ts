import source from '../../shaders/gate.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** silu(gate) · up, or gelu(gate) · up where GELU = 1. */
export const gate = kernel({
  name: 'gate',
  source,
  params: { feed_forward: 'u32', in_width: 'u32', out_width: 'u32' },
  bindings: { gate_up: 'read', gated: 'write' },
  constants: ['GELU'],
})

export function gateGrid(feedForward: number, rows: number): readonly [number, number] {
  return [ceilDiv(feedForward, 64), rows]
}
