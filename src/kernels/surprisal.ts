import source from '../../shaders/surprisal.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** −log of every token's probability, from the logits of the row before. Grid: (rows of logits). */
export const surprisal = kernel({
  name: 'surprisal',
  source,
  params: { vocabulary: 'u32', row_width: 'u32', first: 'u32' },
  bindings: { logits: 'read', ids: 'read', surprisals: 'write' },
  constants: [],
})
