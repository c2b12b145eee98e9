// Names of the norms on query and key heads, in the families that have them.

export function headNorms(index: number): { query: string; key: string } {
  const attention = `model.layers.${index}.self_attn`
  return { query: `${attention}.q_norm.weight`, key: `${attention}.k_norm.weight` }
}

/** Inside a layer of a GGUF file → in a checkpoint. */
export const ggufHeadNorms = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' }
