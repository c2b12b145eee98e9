// Llama and what saves itself as Llama: TinyLlama, SmolLM, SmolLM2.
// Tensor names and defaults as in transformers, models/llama.
import { LongtabError } from '../../errors.ts'
import type { Family } from './family.ts'

export const llama: Family = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 2048,
    rope_theta: 10_000,
    tie_word_embeddings: false,
  },
  refuse(config) {
    const activation = config.text('hidden_act', 'silu')
    if (activation !== 'silu') {
      throw new LongtabError(
        'unsupported-model',
        `hidden_act ${activation} is not supported in llama models; only silu is`,
      )
    }
    for (const bias of ['attention_bias', 'mlp_bias']) {
      if (config.truth(bias, false)) {
        throw new LongtabError(
          'unsupported-model',
          `${bias} is not supported in llama models; only those without biases are`,
        )
      }
    }
  },
  embedding: 'model.embed_tokens.weight',
  finalNorm: 'model.norm.weight',
  output: 'lm_head.weight',
  layer(index) {
    const layer = `model.layers.${index}`
    return {
      attentionNorm: `${layer}.input_layernorm.weight`,
      query: `${layer}.self_attn.q_proj.weight`,
      key: `${layer}.self_attn.k_proj.weight`,
      value: `${layer}.self_attn.v_proj.weight`,
      attentionOutput: `${layer}.self_attn.o_proj.weight`,
      feedForwardNorm: `${layer}.post_attention_layernorm.weight`,
      gate: `${layer}.mlp.gate_proj.weight`,
      up: `${layer}.mlp.up_proj.weight`,
      down: `${layer}.mlp.down_proj.weight`,
    }
  },
}
