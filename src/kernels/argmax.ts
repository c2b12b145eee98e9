import source from '../../shaders/argmax.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** The most likely token of each row. Grid: (rows). */
export const argmax = kernel({
  name: 'argmax',
  source,
  params: { vocabulary: 'u32', row_quads: 'u32' },
  bindings: { logits: 'read', ids: 'write' },
  constants: [],
})
