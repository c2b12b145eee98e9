import f16 from '../../shaders/gated_matvec.wgsl?F16'
import f32 from '../../shaders/gated_matvec.wgsl?F32'
import q4 from '../../shaders/gated_matvec.wgsl?Q4'
import q4_k from '../../shaders/gated_matvec.wgsl?Q4_K'
import q5 from '../../shaders/gated_matvec.wgsl?Q5'
import q5_k from '../../shaders/gated_matvec.wgsl?Q5_K'
import q6_k from '../../shaders/gated_matvec.wgsl?Q6_K'
import q8 from '../../shaders/gated_matvec.wgsl?Q8'
import { byMatrix, ceilDiv, kernel } from '../gpu/kernel.ts'
import { folded } from './folded.ts'
import { foursOf } from './matvec.ts'

/** act(gate · norm(x)) · (up · norm(x)). ROW_LANES and TOKENS as in matvec, GELU as in gate. */
export const gatedMatvec = byMatrix({ f16, f32, q4, q4_k, q5, q5_k, q6_k, q8 }, (source) =>
  kernel({
    name: 'gated_matvec',
    source,
    params: {
      tokens: 'u32',
      feed_forward: 'u32',
      in_eights: 'u32',
      out_width: 'u32',
      width: 'u32',
      epsilon: 'f32',
    },
    bindings: { residual: 'read', matrix: 'read', weight: 'read', gated: 'write' },
    constants: ['ROW_LANES', 'TOKENS', 'GELU'],
  }),
)

/** Two columns per `lanes` lanes. */
export function gatedMatvecGrid(feedForward: number, lanes: number): readonly [number, number] {
  return folded(ceilDiv(feedForward, 2 * foursOf(lanes)))
}
