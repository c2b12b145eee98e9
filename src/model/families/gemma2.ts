// Gemma 2: norms before and after each half of a layer, scores and logits capped by tanh, every other layer local. Names
// and defaults as in transformers, models/gemma2.
import { readActivation } from '../activation_config.ts'
import type { AttentionTensorNames } from '../../api/description.ts'
import type { Fields } from '../fields.ts'
import { readLocalLayers } from '../layer_types.ts'
import { readRotary } from '../rotary_config.ts'
import { eachLayer, type Family, type GgufFamily } from './family.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'

/** Layers of the 27B models of Gemma 2 and 3. */
const layersOf27B = [46, 62]

export const gemmaGguf: GgufFamily = {
  ...llamaGguf,
  architecture: 'gemma2',
  layerTensors: {
    ...llamaGguf.layerTensors,
    post_attention_norm: 'post_attention_layernorm',
    ffn_norm: 'pre_feedforward_layernorm',
    post_ffw_norm: 'post_feedforward_layernorm',
  },
  interleaved: false,
  normOffset: 1,
  config: (_, { hidden_size, num_attention_heads, num_hidden_layers, head_dim }) => ({
    // as llama.cpp has it: head size, but for the 27B models, known by their layers
    query_pre_attn_scalar: layersOf27B.includes(num_hidden_layers)
      ? hidden_size / num_attention_heads
      : head_dim,
  }),
}

export const gemma2: Family = {
  ...llama,
  modelType: 'gemma2',
  architecture: 'Gemma2ForCausalLM',
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 8192,
    tie_word_embeddings: true,
    head_dim: 256,
  },
  refused: ['attention_bias', 'use_bidirectional_attention'],
  reads: ['attn_logit_softcapping', 'final_logit_softcapping'],
  traits(config, shape) {
    const rotary = readRotary(config, 10_000, shape)
    const window = config.count('sliding_window', 4096)
    const local = readLocalLayers(config, shape.layers, (layer) => layer % 2 === 0)
    return {
      normOffset: 1,
      activation: readActivation(config, 'hidden_activation', 'gelu_pytorch_tanh'),
      embeddingScale: Math.sqrt(shape.hidden),
      attentionScale: 1 / Math.sqrt(config.positive('query_pre_attn_scalar', 256)),
      attentionCap: readCap(config, 'attn_logit_softcapping', 50),
      logitCap: readCap(config, 'final_logit_softcapping', 30),
      attention: eachLayer(shape, (layer) => ({
        rotary,
        window: local[layer] ? window : undefined,
      })),
    }
  },
  tensors: { ...llama.tensors, layer: gemmaLayer },
  gguf: gemmaGguf,
}

/** Llama's names, but two more norms; what Llama calls post-attention comes after attention here. */
export function gemmaLayer(index: number): AttentionTensorNames {
  const layer = `model.layers.${index}`
  return {
    ...llamaLayer(index),
    attentionPostNorm: `${layer}.post_attention_layernorm.weight`,
    feedForwardNorm: `${layer}.pre_feedforward_layernorm.weight`,
    feedForwardPostNorm: `${layer}.post_feedforward_layernorm.weight`,
  }
}

/** null in the file is no cap; @param usual where the file says nothing */
export function readCap(
  config: Fields,
  field: string,
  usual: number | undefined,
): number | undefined {
  const none = config.isNull(field) || (usual === undefined && !config.has(field))
  return none ? undefined : config.positive(field, usual)
}
