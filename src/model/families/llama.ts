// Llama 2 to 3.2 and what saves itself as Llama: TinyLlama, SmolLM, SmolLM2.
// Tensor names and defaults as in transformers, models/llama.
import type { AttentionTensorNames } from '../../api/description.ts'
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family, type GgufFamily } from './family.ts'

/** The names that most other families kept. */
export const llamaGguf: GgufFamily = {
  architecture: 'llama',
  tensors: {
    token_embd: 'model.embed_tokens',
    output_norm: 'model.norm',
    output: 'lm_head',
  },
  layerTensors: {
    attn_norm: 'input_layernorm',
    attn_q: 'self_attn.q_proj',
    attn_k: 'self_attn.k_proj',
    attn_v: 'self_attn.v_proj',
    attn_output: 'self_attn.o_proj',
    ffn_norm: 'post_attention_layernorm',
    ffn_gate: 'mlp.gate_proj',
    ffn_up: 'mlp.up_proj',
    ffn_down: 'mlp.down_proj',
  },
  interleaved: true,
  normOffset: 0,
  stripsSpace: () => false,
  config: () => ({}),
}

export const llama: Family = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 2048,
    tie_word_embeddings: false,
  },
  refused: [],
  reads: ['attention_bias', 'mlp_bias'],
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
  gguf: llamaGguf,
}

/** The names that most other families kept. */
export function llamaLayer(index: number): AttentionTensorNames {
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
