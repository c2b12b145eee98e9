// Names of tensors in GGUF files → in Hugging Face checkpoints. As in llama.cpp's `gguf-py/gguf/tensor_mapping.py`.

const outside: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
}

const inside: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_qkv: 'self_attn.qkv_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

/** What the same names mean elsewhere. */
const otherwise: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  phi3: { ffn_up: 'mlp.gate_up_proj' },
  gemma2: {
    post_attention_norm: 'post_attention_layernorm',
    ffn_norm: 'pre_feedforward_layernorm',
    post_ffw_norm: 'post_feedforward_layernorm',
  },
}

/** The checkpoint's name of a tensor, or undefined for one that no model needs by name. */
export function checkpointName(name: string, architecture: string): string | undefined {
  const [, layer, role, kind] = /^(?:blk\.(\d+)\.)?([a-z_]+)\.(weight|bias)$/.exec(name) ?? []
  if (role === undefined || kind === undefined) return undefined
  if (layer === undefined) {
    const whole = outside[role]
    return whole && `${whole}.${kind}`
  }
  const own = otherwise[architecture.startsWith('gemma') ? 'gemma2' : architecture]
  const found = own?.[role] ?? inside[role]
  return found && `model.layers.${layer}.${found}.${kind}`
}
