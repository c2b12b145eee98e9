import f16 from '../../shaders/embed.wgsl?F16'
import f32 from '../../shaders/embed.wgsl?F32'
import q4 from '../../shaders/embed.wgsl?Q4'
import q4_k from '../../shaders/embed.wgsl?Q4_K'
import q5 from '../../shaders/embed.wgsl?Q5'
import q5_k from '../../shaders/embed.wgsl?Q5_K'
import q6_k from '../../shaders/embed.wgsl?Q6_K'
import q8 from '../../shaders/embed.wgsl?Q8'
import { byMatrix, kernel } from '../gpu/kernel.ts'

/** Token ids to rows of the residual stream. Grid: (rows). */
export const embed = byMatrix({ f16, f32, q4, q4_k, q5, q5_k, q6_k, q8 }, (source) =>
  kernel({
    name: 'embed',
    source,
    params: { first_id: 'u32', part_ids: 'u32', row_eights: 'u32', scale: 'f32' },
    bindings: { ids: 'read', matrix: 'read', residual: 'write' },
    constants: [],
  }),
)
