// Qwen3: Llama with a norm on every query and key head. Names and defaults as in transformers, models/qwen3.
import { plainTraits, type Family } from './family.ts'
import { ggufHeadNorms, headNorms } from './head_norms.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'
import { qwenAttention } from './qwen2.ts'

export const qwen3: Family = {
  ...llama,
  modelType: 'qwen3',
  architecture: 'Qwen3ForCausalLM',
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 32_768,
    tie_word_embeddings: false,
    head_dim: 128,
  },
  refused: [],
  reads: ['attention_bias'],
  traits(config, shape) {
    return {
      ...plainTraits(config, shape),
      attention: qwenAttention(config, shape),
    }
  },
  tensors: {
    ...llama.tensors,
    layer: (index) => ({ ...llamaLayer(index), headNorms: headNorms(index) }),
  },
  gguf: {
    ...llamaGguf,
    architecture: 'qwen3',
    layerTensors: { ...llamaGguf.layerTensors, ...ggufHeadNorms },
    interleaved: false,
  },
}
