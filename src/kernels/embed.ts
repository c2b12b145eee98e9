import f16 from '../../shaders/embed.wgsl?F16'
import f32 from '../../shaders/embed.wgsl?F32'
import q4 from '../../shaders/embed.wgsl?Q4'
import q8 from '../../shaders/embed.wgsl?Q8'
import { byWeights, kernel } from '../gpu/kernel.ts'

/** Token ids to rows of the residual stream. Grid: (rows). */
export const embed = byWeights({ f16, f32, q8, q4 }, (source) =>
  kernel({
    name: 'embed',
    source,
    params: { first_id: 'u32', part_ids: 'u32', row_eights: 'u32', scale: 'f32' },
    bindings: { ids: 'read', matrix: 'read', residual: 'write' },
    constants: [],
  }),
)
