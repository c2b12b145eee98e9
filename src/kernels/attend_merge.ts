import source from '../../shaders/attend_merge.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Joins the spans of attend_token. Grid: (query heads). */
export const attendMerge = kernel({
  name: 'attend_merge',
  source,
  params: { spans: 'u32' },
  bindings: { stats: 'read', outputs: 'read', output: 'write', log_sums: 'write' },
  constants: ['HEADS', 'HEAD_SIZE'],
})
