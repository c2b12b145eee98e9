import source from '../../shaders/project_gradient.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Gradient of a projection's matrix, added to what is there. */
export const projectGradient = kernel({
  name: 'project_gradient',
  source,
  params: { rows: 'u32', outs: 'u32', out_quads: 'u32', in_quads: 'u32' },
  bindings: { slopes: 'read', input: 'read', gradient: 'write' },
  constants: [],
})

/** 64 × 64 values of the matrix per workgroup. */
export function projectGradientGrid(outs: number, ins: number): readonly [number, number] {
  return [ceilDiv(ins, 64), ceilDiv(outs, 64)]
}
