// ERNIE 4.5, dense: Llama with rotary pairs side by side. Names and defaults as in transformers, models/ernie4_5.
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { llama, llamaGguf } from './llama.ts'

export const ernie4_5: Family = {
  ...llama,
  modelType: 'ernie4_5',
  architecture: 'Ernie4_5ForCausalLM',
  defaults: {
    rms_norm_eps: 1e-5,
    max_position_embeddings: 131_072,
    tie_word_embeddings: true,
    head_dim: 128,
  },
  refused: ['use_bias'],
  reads: [],
  traits(config, shape) {
    const rotary = readRotary(config, 500_000, shape)
    return {
      ...plainTraits(config, shape),
      pairs: 'side by side',
      attention: eachLayer(shape, () => ({ rotary, window: undefined })),
    }
  },
  gguf: { ...llamaGguf, architecture: 'ernie4_5', interleaved: false }, // as in the checkpoint
}
