import source from '../../shaders/choose.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Draws the next token by temperature, top-k and top-p. Grid: (1). */
export const choose = kernel({
  name: 'choose',
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
