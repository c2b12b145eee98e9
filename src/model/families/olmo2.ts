// OLMo 2: Llama with norms after each half of a layer in place of those before, and norms over all query heads and all key
// heads. Names and defaults as in transformers, models/olmo2.
import type { LayerTensorNames } from '../../api/description.ts'
import type { Family } from './family.ts'
import { ggufHeadNorms, headNorms } from './head_norms.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'

/** Llama's names without the norms before. */
export const postNormedGguf = {
  ...without(llamaGguf.layerTensors, 'attn_norm', 'ffn_norm'),
  ...ggufHeadNorms,
  post_attention_norm: 'post_attention_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
}

export const olmo2: Family = {
  ...llama,
  modelType: 'olmo2',
  architecture: 'Olmo2ForCausalLM',
  defaults: { ...llama.defaults, rms_norm_eps: 1e-5 },
  refused: [],
  reads: ['attention_bias'],
  tensors: {
    ...llama.tensors,
    layer: (index) => ({
      ...postNormedLayer(index),
      headNorms: { ...headNorms(index), over: 'all heads' },
    }),
  },
  gguf: {
    ...llamaGguf,
    architecture: 'olmo2',
    layerTensors: postNormedGguf,
    interleaved: false,
  },
}

/** Llama's names without the norms before; what it calls post-attention comes after attention here. */
export function postNormedLayer(index: number): LayerTensorNames {
  const layer = `model.layers.${index}`
  return {
    ...without(llamaLayer(index), 'attentionNorm', 'feedForwardNorm'),
    attentionPostNorm: `${layer}.post_attention_layernorm.weight`,
    feedForwardPostNorm: `${layer}.post_feedforward_layernorm.weight`,
  }
}

function without<Names extends object, Key extends keyof Names>(
  names: Names,
  ...left: readonly Key[]
): Omit<Names, Key> {
  const rest = Object.entries(names).filter(([name]) => !(left as readonly string[]).includes(name))
  return Object.fromEntries(rest) as Omit<Names, Key>
}
