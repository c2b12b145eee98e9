import source from '../../shaders/surprisal.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** −log probability of every token, from the logits of the row before it. Grid: (rows of logits). */
export const surprisal = kernel({
  name: 'surprisal',
  source,
  params: { vocabulary: 'u32', row_width: 'u32', first: 'u32' },
  bindings: { logits: 'read', ids: 'read', surprisals: 'write' },
  constants: [],
})
