import f16 from '../../shaders/key_difference.wgsl?F16'
import f32 from '../../shaders/key_difference.wgsl?F32'
import { byStorage, kernel } from '../gpu/kernel.ts'

/** Minus the cosine between every key and the mean direction of all. Grid: (KV heads). */
export const keyDifference = byStorage({ f16, f32 }, (source) =>
  kernel({
    name: 'key_difference',
    source,
    params: { pinned: 'u32', occupied: 'u32', capacity: 'u32', position_stride: 'u32' },
    bindings: {
      keys: 'read',
      lengths: 'write',
      scores: 'write',
      positions: 'read',
      turns: 'read',
    },
    constants: ['HEAD_SIZE'],
  }),
)
