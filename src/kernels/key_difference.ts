import f16 from '../../shaders/key_difference.wgsl?F16'
import f32 from '../../shaders/key_difference.wgsl?F32'
import int4 from '../../shaders/key_difference.wgsl?INT4'
import int8 from '../../shaders/key_difference.wgsl?INT8'
import { byCache, kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** Minus the cosine between every key and the mean direction of all keys. Grid: (evicting KV heads). */
export const keyDifference = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'key_difference',
    source,
    params: { own_positions: 'u32' },
    heads: headEviction,
    bindings: {
      lengths: 'write',
      keys: 'read',
      scores: 'write',
      rope_table: 'read',
      positions: 'read',
    },
    constants: ['KV_HEADS', 'HEAD_SIZE'],
  }),
)
