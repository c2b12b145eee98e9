import { mostLikeliest } from '../api/answer.ts'
import source from '../../shaders/token_log_probs.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Words of a place: a token's id, and the bits of its log-probability. */
export const placeWords = 2

/** Of the places of a token that was chosen and of the likeliest. */
export const logProbsBytes = 4 * placeWords * (1 + mostLikeliest)

/** Log-probabilities of the token that was chosen and of the likeliest in its place. Grid: (1). */
export const tokenLogProbs = kernel({
  name: 'token_log_probs',
  source,
  params: { vocabulary: 'u32', likeliest: 'u32' },
  bindings: { logits: 'read', ids: 'read', found: 'write' },
  constants: [],
})
