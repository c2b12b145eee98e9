import f16 from '../../shaders/attend_merge.wgsl?F16'
import f32 from '../../shaders/attend_merge.wgsl?F32'
import int4 from '../../shaders/attend_merge.wgsl?INT4'
import int8 from '../../shaders/attend_merge.wgsl?INT8'
import { byCache, kernel } from '../gpu/kernel.ts'

/** Joins the spans of attend_token. Grid: (query heads, tokens). */
export const attendMerge = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'attend_merge',
    source,
    params: { spans: 'u32', window: 'u32', out_width: 'u32' },
    heads: { first_slot: 'u32', first_span: 'u32' },
    bindings: { stats: 'read', outputs: 'read', output: 'write', lse: 'write' },
    constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE'],
  }),
)
