import source from '../../shaders/matmul_gradient.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Gradient of a projection's matrix, added to `gradient`. */
export const matmulGradient = kernel({
  name: 'matmul_gradient',
  source,
  params: { rows: 'u32', outs: 'u32', out_quads: 'u32', in_quads: 'u32' },
  bindings: { slopes: 'read', input: 'read', gradient: 'write' },
  constants: [],
})

/** One workgroup per 64 × 64 values of the matrix. */
export function matmulGradientGrid(outs: number, ins: number): readonly [number, number] {
  return [ceilDiv(ins, 64), ceilDiv(outs, 64)]
}
