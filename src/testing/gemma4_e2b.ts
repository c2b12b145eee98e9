// The shape of Gemma 4 E2B, in a file as its wrapper has it.
const full = { partial_rotary_factor: 0.25, rope_theta: 1_000_000, rope_type: 'proportional' }

export const gemma4E2B = {
  model_type: 'gemma4',
  architectures: ['Gemma4ForConditionalGeneration'],
  text_config: {
    model_type: 'gemma4_text',
    attention_k_eq_v: false,
    enable_moe_block: false,
    final_logit_softcapping: 30,
    global_head_dim: 512,
    head_dim: 256,
    hidden_activation: 'gelu_pytorch_tanh',
    hidden_size: 1536,
    hidden_size_per_layer_input: 256,
    intermediate_size: 6144,
    layer_types: Array.from({ length: 35 }, (_, layer) =>
      (layer + 1) % 5 === 0 ? 'full_attention' : 'sliding_attention',
    ),
    max_position_embeddings: 131_072,
    num_attention_heads: 8,
    num_experts: null,
    num_global_key_value_heads: null,
    num_hidden_layers: 35,
    num_key_value_heads: 1,
    num_kv_shared_layers: 20,
    rms_norm_eps: 1e-6,
    rope_parameters: {
      full_attention: full,
      sliding_attention: { rope_theta: 10_000, rope_type: 'default' },
    },
    sliding_window: 512,
    tie_word_embeddings: true,
    use_bidirectional_attention: null,
    use_double_wide_mlp: true,
    vocab_size: 262_144,
    vocab_size_per_layer_input: 262_144,
  },
}
