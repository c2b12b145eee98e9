import source from '../../shaders/select.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** The lowest score that stays; notes NaN among them. KV_HEADS: of all layers together. Grid: (evicting KV heads). */
export const select = kernel({
  name: 'select',
  source,
  params: {},
  heads: headEviction,
  bindings: { scores: 'read', thresholds: 'write', noted: 'write' },
  constants: ['KV_HEADS'],
})
