import f16 from '../../shaders/project_token.wgsl?F16'
import f32 from '../../shaders/project_token.wgsl?F32'
import q4 from '../../shaders/project_token.wgsl?Q4'
import q8 from '../../shaders/project_token.wgsl?Q8'
import { byWeights, ceilDiv, kernel, type WeightStorage } from '../gpu/kernel.ts'

/** Matrix times one row. ADDS = 1 adds to the output instead of overwriting it. */
export const projectToken = byWeights({ f16, f32, q8, q4 }, (source) =>
  kernel({
    name: 'project_token',
    source,
    params: { outs: 'u32', in_eights: 'u32', first_out: 'u32' },
    bindings: { input: 'read', matrix: 'read', output: 'write' },
    constants: ['ADDS'],
  }),
)

/**
 * Four matrix rows per workgroup, eight of 4-bit weights, folded into two dimensions where one would exceed WebGPU's 65,535.
 */
export function projectTokenGrid(outs: number, storage: WeightStorage): readonly [number, number] {
  const groups = ceilDiv(outs, storage === 'q4' ? 8 : 4)
  const y = ceilDiv(groups, 65_535)
  return [ceilDiv(groups, y), y]
}
