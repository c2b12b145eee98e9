import source from '../../shaders/list_kept.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** The slots that stay, by `select`'s thresholds. Grid: (evicting KV heads). */
export const listKept = kernel({
  name: 'list_kept',
  source,
  params: {},
  heads: headEviction,
  bindings: { thresholds: 'read', scores: 'read', kept: 'write' },
  constants: ['KV_HEADS'],
})
