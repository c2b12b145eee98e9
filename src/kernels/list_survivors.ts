import source from '../../shaders/list_survivors.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** Lists the slots that stay, by `select`'s thresholds, and moves their scores down. KV_HEADS and grid as for `select`. */
export const listSurvivors = kernel({
  name: 'list_survivors',
  source,
  params: {},
  heads: headEviction,
  bindings: { thresholds: 'read', scores: 'write', kept: 'write' },
  constants: ['KV_HEADS'],
})
