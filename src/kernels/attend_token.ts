import f16 from '../../shaders/attend_token.wgsl?F16'
import f32 from '../../shaders/attend_token.wgsl?F32'
import int4 from '../../shaders/attend_token.wgsl?INT4'
import int8 from '../../shaders/attend_token.wgsl?INT8'
import { byCache, kernel } from '../gpu/kernel.ts'

/** Attention of a token over spans of slots. Grid: (spans of all KV heads, tokens). */
export const attendToken = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'attend_token',
    source,
    params: {
      qkv_width: 'u32',
      own_positions: 'u32',
      window: 'u32',
      scale: 'f32',
      cap: 'f32',
    },
    heads: { offset: 'u32', visible: 'u32', first_span: 'u32' },
    bindings: {
      qkv: 'read',
      keys: 'read',
      values: 'read',
      rope_table: 'read',
      positions: 'read',
      stats: 'write',
      outputs: 'write',
    },
    constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE'],
  }),
)
