import f16 from '../../shaders/compact.wgsl?F16'
import f32 from '../../shaders/compact.wgsl?F32'
import int4 from '../../shaders/compact.wgsl?INT4'
import int8 from '../../shaders/compact.wgsl?INT8'
import { byCache, kernel } from '../gpu/kernel.ts'

/** Surviving rows slide down, in place and in order. Grid: (KV heads). */
export const compact = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'compact',
    source,
    params: { pinned: 'u32', occupied: 'u32', first: 'u32', last: 'u32', capacity: 'u32' },
    bindings: {
      thresholds: 'read',
      keys: 'write',
      values: 'write',
      scores: 'write',
      origins: 'write',
    },
    constants: ['HEAD_SIZE'],
  }),
)
