import f16 from '../../shaders/rms_norm_matvec.wgsl?F16'
import f32 from '../../shaders/rms_norm_matvec.wgsl?F32'
import q4 from '../../shaders/rms_norm_matvec.wgsl?Q4'
import q4_k from '../../shaders/rms_norm_matvec.wgsl?Q4_K'
import q5 from '../../shaders/rms_norm_matvec.wgsl?Q5'
import q5_k from '../../shaders/rms_norm_matvec.wgsl?Q5_K'
import q6_k from '../../shaders/rms_norm_matvec.wgsl?Q6_K'
import q8 from '../../shaders/rms_norm_matvec.wgsl?Q8'
import { byMatrix, kernel } from '../gpu/kernel.ts'

/** Matrix-vector product with the RMS norm of the input, plus bias. Constants and grid as in matvec. */
export const rmsNormMatvec = byMatrix({ f16, f32, q4, q4_k, q5, q5_k, q6_k, q8 }, (source) =>
  kernel({
    name: 'rms_norm_matvec',
    source,
    params: {
      tokens: 'u32',
      outs: 'u32',
      in_eights: 'u32',
      out_width: 'u32',
      first_out: 'u32',
      width: 'u32',
      epsilon: 'f32',
    },
    bindings: { residual: 'read', matrix: 'read', weight: 'read', output: 'write', bias: 'read' },
    constants: ['ROW_LANES', 'TOKENS'],
  }),
)
