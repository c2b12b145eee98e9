import source from '../../shaders/list_others.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** Lists the slots to merge, and among them the residuals of the merged slots. Grid: (merging KV heads). */
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
