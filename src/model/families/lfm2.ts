// LFM2 and LFM2.5: most layers are gated short convolutions, the others attention with a norm on every query and key head.
// Names and defaults as in transformers, models/lfm2.
import type { LayerKind, LayerTensorNames } from '../../api/description.ts'
import { LongtabError } from '../../api/errors.ts'
import type { Fields } from '../fields.ts'
import { mostTaps } from '../layer_kinds.ts'
import { readLayerTypes } from '../layer_types.ts'
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { llama, llamaGguf } from './llama.ts'

export const lfm2: Family = {
  ...llama,
  modelType: 'lfm2',
  architecture: 'Lfm2ForCausalLM',
  defaults: {
    rms_norm_eps: 1e-5,
    max_position_embeddings: 128_000,
    tie_word_embeddings: true,
  },
  tied: 'tie_embedding',
  refused: ['conv_bias'],
  reads: [],
  kinds,
  feedForward,
  traits(config, shape) {
    const rotary = readRotary(config, 1_000_000, shape)
    return {
      ...plainTraits(config, shape),
      normEpsilon: config.positive('norm_eps', 1e-5),
      attention: eachLayer(shape, () => ({ rotary, window: undefined })),
      convolutionTaps: taps(config),
    }
  },
  tensors: {
    ...llama.tensors,
    finalNorm: 'model.embedding_norm.weight',
    layer: lfm2Layer,
  },
  gguf: {
    ...llamaGguf,
    architecture: 'lfm2',
    // the final norm has the first name in most files, though it is no norm of embeddings
    tensors: {
      ...llamaGguf.tensors,
      token_embd_norm: 'model.embedding_norm',
      output_norm: 'model.embedding_norm',
    },
    layerTensors: {
      attn_norm: 'operator_norm',
      attn_q: 'self_attn.q_proj',
      attn_k: 'self_attn.k_proj',
      attn_v: 'self_attn.v_proj',
      attn_q_norm: 'self_attn.q_layernorm',
      attn_k_norm: 'self_attn.k_layernorm',
      attn_output: 'self_attn.out_proj',
      'shortconv.in_proj': 'conv.in_proj',
      'shortconv.conv': 'conv.conv',
      'shortconv.out_proj': 'conv.out_proj',
      ffn_norm: 'ffn_norm',
      ffn_gate: 'feed_forward.w1',
      ffn_up: 'feed_forward.w3',
      ffn_down: 'feed_forward.w2',
    },
    interleaved: false,
    config: ggufConfig,
  },
}

/** `layer_types` in newer files, `full_attn_idxs` in older ones; a file without either has attention everywhere. */
function kinds(config: Fields, layers: number): readonly LayerKind[] {
  const found = config.has('layer_types')
    ? readLayerTypes(config, layers, ['full_attention', 'conv']).map((type) => type === 'conv')
    : isConvolution(config, layers)
  if (found.every(Boolean)) {
    throw new LongtabError(
      'unsupported-model',
      `all ${layers} layers are convolutions; lfm2 models without attention are not supported`,
    )
  }
  return found.map((is) => (is ? 'short convolution' : 'attention'))
}

function isConvolution(config: Fields, layers: number): readonly boolean[] {
  const attention = config.has('full_attn_idxs') ? config.ids('full_attn_idxs') : undefined
  const beyond = attention?.find((layer) => layer < 0 || layer >= layers)
  if (beyond !== undefined) {
    throw new LongtabError(
      'bad-file',
      `config.json: full_attn_idxs names layer ${beyond} and num_hidden_layers is ${layers}`,
    )
  }
  return Array.from({ length: layers }, (_, layer) => attention?.includes(layer) === false)
}

function taps(config: Fields): number {
  const found = config.count('conv_L_cache', 3)
  if (found <= mostTaps) return found
  throw new LongtabError(
    'unsupported-model',
    `conv_L_cache ${found} is not supported; short convolutions see at most ${mostTaps} tokens`,
  )
}

/** Unless the file says otherwise, two thirds of the width that it names, times a factor, rounded up. */
function feedForward(config: Fields): number {
  const named = config.count(config.has('block_ff_dim') ? 'block_ff_dim' : 'intermediate_size')
  if (!config.truth('block_auto_adjust_ff_dim', true)) return named
  const adjusted = Math.floor((2 * named) / 3)
  if (config.isNull('block_ffn_dim_multiplier')) return adjusted
  const scaled = Math.floor(config.positive('block_ffn_dim_multiplier', 1) * adjusted)
  const multiple = config.count('block_multiple_of', 256)
  return multiple * Math.ceil(scaled / multiple)
}

/** KV heads are listed by layer, none for a convolution. The width is the adjusted one. */
function ggufConfig(value: (key: string) => unknown): object {
  const kvHeads = value('attention.head_count_kv')
  const listed = Array.isArray(kvHeads) ? kvHeads.map(Number) : undefined
  return {
    ...(listed && {
      num_key_value_heads: Math.max(...listed),
      layer_types: listed.map((heads) => (heads > 0 ? 'full_attention' : 'conv')),
    }),
    norm_eps: value('attention.layer_norm_rms_epsilon'),
    conv_L_cache: value('shortconv.l_cache'),
    block_auto_adjust_ff_dim: false,
  }
}

function lfm2Layer(index: number, kind: LayerKind): LayerTensorNames {
  const layer = `model.layers.${index}`
  const common = {
    attentionNorm: `${layer}.operator_norm.weight`,
    feedForwardNorm: `${layer}.ffn_norm.weight`,
    gateUp: ['w1', 'w3'].map((name) => `${layer}.feed_forward.${name}.weight`),
    down: `${layer}.feed_forward.w2.weight`,
  }
  if (kind === 'short convolution') {
    const names = {
      gates: `${layer}.conv.in_proj.weight`,
      weights: `${layer}.conv.conv.weight`,
      output: `${layer}.conv.out_proj.weight`,
    }
    return { ...common, convolution: names }
  }
  const attention = `${layer}.self_attn`
  return {
    ...common,
    qkv: ['q_proj', 'k_proj', 'v_proj'].map((name) => `${attention}.${name}.weight`),
    headNorms: {
      over: 'each head',
      query: `${attention}.q_layernorm.weight`,
      key: `${attention}.k_layernorm.weight`,
    },
    attentionOutput: `${attention}.out_proj.weight`,
  }
}
