// Qwen2 and Qwen2.5: Llama with biases on q, k and v. Names and defaults as in transformers, models/qwen2.
import type { Fields } from '../fields.ts'
import { readLocalLayers } from '../layer_types.ts'
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family, type Shape, type Traits } from './family.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'

export const qwen2: Family = {
  ...llama,
  modelType: 'qwen2',
  architecture: 'Qwen2ForCausalLM',
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 32_768,
    tie_word_embeddings: false,
  },
  refused: [],
  reads: [], // o has no bias, whatever attention_bias says
  traits(config, shape) {
    return {
      ...plainTraits(config, shape),
      attention: qwenAttention(config, shape),
    }
  },
  tensors: {
    ...llama.tensors,
    layer: (index) => ({
      ...llamaLayer(index),
      qkvBias: ['q', 'k', 'v'].map((x) => `model.layers.${index}.self_attn.${x}_proj.bias`),
    }),
  },
  gguf: { ...llamaGguf, architecture: 'qwen2', interleaved: false },
}

/** Most Qwen files name a window and then do not use it. */
export function qwenAttention(config: Fields, shape: Shape): Traits['attention'] {
  const rotary = readRotary(config, 10_000, shape)
  if (!config.truth('use_sliding_window', false)) {
    return eachLayer(shape, () => ({ rotary, window: undefined }))
  }
  if (config.isNull('sliding_window'))
    return eachLayer(shape, () => ({ rotary, window: undefined }))
  const window = config.count('sliding_window', 4096)
  const firstLocal = config.count('max_window_layers', 28)
  const local = readLocalLayers(config, shape.layers, (layer) => layer >= firstLocal)
  return eachLayer(shape, (layer) => ({ rotary, window: local[layer] ? window : undefined }))
}
