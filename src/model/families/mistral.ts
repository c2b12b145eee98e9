// Mistral: Llama with, in the first models, a window in every layer. Names and defaults as in transformers,
// models/mistral.
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { llama } from './llama.ts'

export const mistral: Family = {
  ...llama,
  modelType: 'mistral',
  architecture: 'MistralForCausalLM',
  wrapper: { modelType: 'mistral3', architecture: 'Mistral3ForConditionalGeneration' },
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 131_072,
    tie_word_embeddings: false,
  },
  refused: [],
  reads: [], // there are no biases, whatever attention_bias says
  traits(config, shape) {
    const rotary = readRotary(config, 10_000, shape)
    const window = config.isNull('sliding_window')
      ? undefined
      : config.count('sliding_window', 4096)
    return {
      ...plainTraits(config, shape),
      attention: eachLayer(shape, () => ({ rotary, window })),
    }
  },
  gguf: undefined, // llama there
}
