import source from '../../shaders/select.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** The lowest score that stays. Grid: (evicting KV heads). */
export const select = kernel({
  name: 'select',
  source,
  params: {},
  heads: headEviction,
  bindings: { scores: 'read', thresholds: 'write' },
  constants: ['KV_HEADS'],
})
