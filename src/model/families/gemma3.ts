// Gemma 3, the text models: Gemma 2 with norms on query and key heads instead of caps, and local layers that rotate on a
// base of their own. Names and defaults as in transformers, models/gemma3.
import { readActivation } from '../activation_config.ts'
import type { Rotary } from '../../api/description.ts'
import type { Fields } from '../fields.ts'
import { readLocalLayers } from '../layer_types.ts'
import { plainRotary, readRotary } from '../rotary_config.ts'
import { eachLayer, type Family, type Shape } from './family.ts'
import { gemma2, gemmaGguf, gemmaLayer, readCap } from './gemma2.ts'
import { ggufHeadNorms, headNorms } from './head_norms.ts'

export const gemma3: Family = {
  ...gemma2,
  modelType: 'gemma3_text',
  architecture: 'Gemma3ForCausalLM',
  wrapper: { modelType: 'gemma3', architecture: 'Gemma3ForConditionalGeneration' },
  defaults: {
    ...gemma2.defaults,
    max_position_embeddings: 131_072,
    vocab_size: 262_208,
    num_attention_heads: 8,
    num_key_value_heads: 4,
  },
  traits(config, shape) {
    const global = readRotary(config, 1_000_000, shape)
    const ownBase = readLocalRotary(config, shape)
    const window = config.count('sliding_window', 4096)
    const period = config.count('sliding_window_pattern', 6)
    const local = readLocalLayers(config, shape.layers, (layer) => (layer + 1) % period !== 0)
    return {
      normOffset: 1,
      activation: readActivation(config, 'hidden_activation', 'gelu_pytorch_tanh'),
      embeddingScale: Math.sqrt(shape.hidden),
      attentionScale: 1 / Math.sqrt(config.positive('query_pre_attn_scalar', 256)),
      attentionCap: readCap(config, 'attn_logit_softcapping', undefined),
      logitCap: readCap(config, 'final_logit_softcapping', undefined),
      attention: eachLayer(shape, (layer) =>
        local[layer] ? { rotary: ownBase, window } : { rotary: global, window: undefined },
      ),
    }
  },
  tensors: {
    ...gemma2.tensors,
    layer: (index) => ({ ...gemmaLayer(index), headNorms: headNorms(index) }),
  },
  gguf: {
    ...gemmaGguf,
    architecture: 'gemma3',
    layerTensors: { ...gemmaGguf.layerTensors, ...ggufHeadNorms },
  },
}

/** `rope_scaling` in older files is of the global layers alone. */
function readLocalRotary(config: Fields, shape: Shape): Rotary {
  return config.group('rope_parameters')?.has('sliding_attention')
    ? readRotary(config, 10_000, shape, 'sliding_attention')
    : plainRotary(config.positive('rope_local_base_freq', 10_000), shape.headSize)
}
