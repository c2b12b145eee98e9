import source from '../../shaders/sample_token.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Draws the next token by temperature, top-k and top-p. Grid: (1). */
export const sampleToken = kernel({
  name: 'sample_token',
  source,
  params: {
    vocabulary: 'u32',
    top_k: 'u32',
    seed: 'u32',
    step: 'u32',
    inverse_temperature: 'f32',
    top_p: 'f32',
  },
  bindings: { logits: 'read', ids: 'write' },
  constants: [],
})
