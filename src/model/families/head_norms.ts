// Names of the norms on query and key heads, in the families that have them.
import type { AttentionTensorNames } from '../../api/description.ts'

type Names = NonNullable<AttentionTensorNames['headNorms']>

export function headNorms(index: number): Names & { readonly key: string } {
  const attention = `model.layers.${index}.self_attn`
  const [query, key] = [`${attention}.q_norm.weight`, `${attention}.k_norm.weight`]
  return { over: 'each head', query, key }
}

/** Inside a layer of a GGUF file → in a checkpoint. */
export const ggufHeadNorms = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' }
