import f16 from '../../shaders/merge_sets.wgsl?F16'
import f32 from '../../shaders/merge_sets.wgsl?F32'
import { byStorage, kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** Merges every set of neighbouring slots into its first. Grid: (sets of the head that has most, evicting KV heads). */
export const mergeSets = byStorage({ f16, f32 }, (source) =>
  kernel({
    name: 'merge_sets',
    source,
    params: {},
    heads: headEviction,
    bindings: {
      starts: 'read',
      scores: 'read',
      squares: 'write',
      keys: 'write',
      values: 'write',
      origins: 'write',
    },
    constants: ['KV_HEADS', 'HEAD_SIZE'],
  }),
)
