import source from '../../shaders/list_survivors.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** Lists the slots that stay, by `select`'s thresholds. Grid: (evicting KV heads). */
export const listSurvivors = kernel({
  name: 'list_survivors',
  source,
  params: {},
  heads: headEviction,
  bindings: { thresholds: 'read', scores: 'read', kept: 'write' },
  constants: ['KV_HEADS'],
})
