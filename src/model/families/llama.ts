// Llama 2 to 3.2 and what saves itself as Llama: TinyLlama, SmolLM, SmolLM2.
// Tensor names and defaults as in transformers, models/llama.
import type { LayerTensorNames } from '../../api/description.ts'
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'

export const llama: Family = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 2048,
    tie_word_embeddings: false,
  },
  refused: ['attention_bias', 'mlp_bias'],
  traits(config, shape) {
    const rotary = readRotary(config, 10_000, shape)
    return {
      ...plainTraits(config, shape),
      attention: eachLayer(shape, () => ({ rotary, window: undefined })),
    }
  },
  tensors: {
    embedding: 'model.embed_tokens.weight',
    finalNorm: 'model.norm.weight',
    output: 'lm_head.weight',
    layer: llamaLayer,
  },
}

/** The names that most other families kept. */
export function llamaLayer(index: number): LayerTensorNames {
  const layer = `model.layers.${index}`
  const attention = `${layer}.self_attn`
  return {
    attentionNorm: `${layer}.input_layernorm.weight`,
    qkv: ['q_proj', 'k_proj', 'v_proj'].map((name) => `${attention}.${name}.weight`),
    attentionOutput: `${attention}.o_proj.weight`,
    feedForwardNorm: `${layer}.post_attention_layernorm.weight`,
    gateUp: ['gate_proj', 'up_proj'].map((name) => `${layer}.mlp.${name}.weight`),
    down: `${layer}.mlp.down_proj.weight`,
  }
}
