import source from '../../shaders/sigmoid_gate.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { folded } from './folded.ts'

/** Every value times the sigmoid of its gate, in place. */
export const sigmoidGate = kernel({
  name: 'sigmoid_gate',
  source,
  params: { count: 'u32' },
  bindings: { gates: 'read', attended: 'write' },
  constants: [],
})

export function sigmoidGateGrid(count: number): readonly [number, number] {
  return folded(ceilDiv(count, 256))
}
