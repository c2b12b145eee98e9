import f16 from '../../shaders/gated_matmul.wgsl?F16'
import f32 from '../../shaders/gated_matmul.wgsl?F32'
import q4 from '../../shaders/gated_matmul.wgsl?Q4'
import q4_k from '../../shaders/gated_matmul.wgsl?Q4_K'
import q5 from '../../shaders/gated_matmul.wgsl?Q5'
import q5_k from '../../shaders/gated_matmul.wgsl?Q5_K'
import q6_k from '../../shaders/gated_matmul.wgsl?Q6_K'
import q8 from '../../shaders/gated_matmul.wgsl?Q8'
import { byMatrix, kernel } from '../gpu/kernel.ts'

/** act(gate · x) · (up · x) of several rows. GELU as in gate, the rest and the grid as for matmul with both matrices' outputs. */
export const gatedMatmul = byMatrix({ f16, f32, q4, q4_k, q5, q5_k, q6_k, q8 }, (source) =>
  kernel({
    name: 'gated_matmul',
    source,
    params: { rows: 'u32', feed_forward: 'u32', in_eights: 'u32', out_width: 'u32' },
    bindings: { input: 'read', matrix: 'read', gated: 'write' },
    constants: ['SIDE', 'LANE_ROWS', 'GELU', 'DEPTH'],
  }),
)
