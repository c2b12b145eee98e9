// HunYuan's dense models: Qwen3's norms on heads, but their weights multiply heads after rotation. Names and defaults as in
// transformers, models/hunyuan_v1_dense.
import { LongtabError } from '../../api/errors.ts'
import type { Rotary } from '../../api/description.ts'
import type { Fields } from '../fields.ts'
import { plainRotary, readRotary, rotaryFields } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family, type Shape } from './family.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'

export const hunyuan: Family = {
  ...llama,
  modelType: 'hunyuan_v1_dense',
  architecture: 'HunYuanDenseV1ForCausalLM',
  defaults: { ...llama.defaults, rms_norm_eps: 1e-5 },
  refused: ['use_cla'],
  reads: ['attention_bias', 'use_qk_norm'],
  traits(config, shape) {
    const rotary = stretchedRotary(config, shape) ?? withoutGain(readRotary(config, 10_000, shape))
    return {
      ...plainTraits(config, shape),
      attention: eachLayer(shape, () => ({ rotary, window: undefined })),
    }
  },
  tensors: {
    ...llama.tensors,
    layer: (index) => {
      const attention = `model.layers.${index}.self_attn`
      return {
        ...llamaLayer(index),
        headNorms: {
          over: 'each head',
          weigh: 'turned heads',
          query: `${attention}.query_layernorm.weight`,
          key: `${attention}.key_layernorm.weight`,
        },
      }
    },
  },
  gguf: {
    ...llamaGguf,
    architecture: 'hunyuan-dense',
    layerTensors: {
      ...llamaGguf.layerTensors,
      attn_q_norm: 'self_attn.query_layernorm',
      attn_k_norm: 'self_attn.key_layernorm',
    },
    interleaved: false,
  },
}

/** The files call this scaling dynamic, but `alpha` stretches the base once and for all. GGUF files have the longer base. */
function stretchedRotary(config: Fields, { headSize }: Shape): Rotary | undefined {
  const { type, parameters, where } = rotaryFields(config)
  if (type !== 'dynamic' || !parameters.has('alpha')) return undefined
  const base = where('rope_theta').positive('rope_theta', 10_000)
  const alpha = parameters.positive('alpha')
  return plainRotary(base * alpha ** (headSize / (headSize - 2)), headSize)
}

/** Throws LongtabError `unsupported-model`: a norm behind the rotation would undo what the rotation multiplies by. */
function withoutGain(rotary: Rotary): Rotary {
  if (rotary.gain === 1) return rotary
  throw new LongtabError(
    'unsupported-model',
    `rope scaling that multiplies heads by ${rotary.gain.toFixed(2)} is not supported in hunyuan_v1_dense models; only those without such a factor are`,
  )
}
