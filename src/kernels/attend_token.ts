import f16 from '../../shaders/attend_token.wgsl?F16&WRITES'
import f32 from '../../shaders/attend_token.wgsl?F32&WRITES'
import int4 from '../../shaders/attend_token.wgsl?INT4&WRITES'
import int8 from '../../shaders/attend_token.wgsl?INT8&WRITES'
import { byCache, kernel } from '../gpu/kernel.ts'

/** Appends the units of a step and attends to spans of slots. Grid: (spans of all KV heads, tokens). */
export const attendToken = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'attend_token',
    source,
    params: {
      first_origin: 'u32',
      qkv_width: 'u32',
      turns_by_origin: 'u32',
      window: 'u32',
      scale: 'f32',
      cap: 'f32',
    },
    heads: { offset: 'u32', first_slot: 'u32', first_span: 'u32' },
    bindings: {
      qkv: 'read',
      keys: 'write',
      values: 'write',
      rope_table: 'read',
      origins: 'write',
      stats: 'write',
      outputs: 'write',
    },
    constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE'],
  }),
)
