import source from '../../shaders/select.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** The score a token must reach to keep its slot. Grid: (evicting KV heads). */
export const select = kernel({
  name: 'select',
  source,
  params: {},
  heads: headEviction,
  bindings: { scores: 'read', thresholds: 'write' },
  constants: ['KV_HEADS'],
})
