// Three layers in eighteen see everything, the others the newest 512 slots, rotated on a base of their own. A base model has no
// chats; its long prompt is longer than the window, with evictions to budgets on either side of it.
import { holdToTransformers } from '../testing/real_model.ts'

await holdToTransformers('gemma-3-270m', {
  decoded: ['long evicted beyond the window', 'code kept'],
  decodedTokens: 4,
})
