import source from '../../shaders/list_others.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** The slots that are to be merged, and among them those that a merged slot stands for. Grid: (KV heads). */
export const listOthers = kernel({
  name: 'list_others',
  source,
  params: {
    pinned: 'u32',
    occupied: 'u32',
    first: 'u32',
    last: 'u32',
    capacity: 'u32',
    kv_heads: 'u32',
    others: 'u32',
    merged: 'u32',
  },
  bindings: {
    thresholds: 'read',
    scores: 'read',
    origins: 'read',
    others: 'write',
    residuals: 'write',
  },
  constants: [],
})
