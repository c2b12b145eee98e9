import source from '../../shaders/list_others.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** The slots that are to be merged, and among them those that a merged slot stands for. Grid: (merging KV heads). */
export const listOthers = kernel({
  name: 'list_others',
  source,
  params: { others: 'u32', merged: 'u32' },
  heads: headEviction,
  bindings: {
    thresholds: 'read',
    scores: 'read',
    origins: 'read',
    others: 'write',
    residuals: 'write',
  },
  constants: ['KV_HEADS'],
})
