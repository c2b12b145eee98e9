import source from '../../shaders/token_log_probs.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Log-probabilities of the token that was chosen and of the likeliest in its place. Grid: (1). */
export const tokenLogProbs = kernel({
  name: 'token_log_probs',
  source,
  params: { vocabulary: 'u32', likeliest: 'u32' },
  bindings: { logits: 'read', ids: 'read', found: 'write' },
  constants: [],
})
