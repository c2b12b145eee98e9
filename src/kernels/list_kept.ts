import source from '../../shaders/list_kept.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** The slots that stay, by `select`'s thresholds. Grid: (KV heads). */
export const listKept = kernel({
  name: 'list_kept',
  source,
  params: { pinned: 'u32', occupied: 'u32', first: 'u32', last: 'u32', capacity: 'u32' },
  bindings: { thresholds: 'read', scores: 'read', kept: 'write' },
  constants: [],
})
