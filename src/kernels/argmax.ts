import source from '../../shaders/argmax.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** The most likely token. Grid: (1). */
export const argmax = kernel({
  name: 'argmax',
  source,
  params: { vocabulary: 'u32' },
  bindings: { logits: 'read', ids: 'write' },
  constants: [],
})
