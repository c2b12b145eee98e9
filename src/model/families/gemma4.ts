// Gemma 4, the text models without experts: Gemma 3 with norms on values, heads of two sizes, and last layers that read keys
// and values of earlier ones. In the small models every layer has an input of its own for every token. Names and defaults as
// in transformers, models/gemma4.
import { readActivation } from '../activation_config.ts'
import type { AttentionTensorNames, LayerKind, Rotary } from '../../api/description.ts'
import { LongtabError } from '../../api/errors.ts'
import type { Fields } from '../fields.ts'
import { plainRotary, proportionalRotary, readRotary } from '../rotary_config.ts'
import { eachLayer, type Family, type Shape } from './family.ts'
import { gemma2, gemmaGguf, gemmaLayer, readCap } from './gemma2.ts'
import { kindsOf, localLayers, ownerOf, shapesOf } from './gemma4_layers.ts'
import { ggufHeadNorms, headNorms } from './head_norms.ts'

export const gemma4: Family = {
  ...gemma2,
  modelType: 'gemma4_text',
  architecture: 'Gemma4ForCausalLM',
  wrapper: { modelType: 'gemma4', architecture: 'Gemma4ForConditionalGeneration' },
  defaults: {
    ...gemma2.defaults,
    max_position_embeddings: 131_072,
    vocab_size: 262_144,
    num_attention_heads: 8,
    num_key_value_heads: 4,
  },
  refused: ['attention_bias', 'enable_moe_block'],
  reads: ['final_logit_softcapping', 'use_bidirectional_attention'],
  kinds: kindsOf,
  traits(config, shape) {
    requireCausal(config)
    const { layers, kinds } = shape
    const local = localLayers(config, layers)
    const shapes = shapesOf(config, shape, local)
    const window = config.count('sliding_window', 512)
    const rotaryOf = (isLocal: boolean) => {
      const { headSize = shape.headSize } = shapes[local.indexOf(isLocal)] ?? {}
      return readOwnRotary(config, { ...shape, headSize }, isLocal)
    }
    const [ofLocal, ofFull] = [rotaryOf(true), rotaryOf(false)]
    const width = inputWidth(config)
    return {
      normOffset: 0,
      activation: readActivation(config, 'hidden_activation', 'gelu_pytorch_tanh'),
      embeddingScale: Math.sqrt(shape.hidden),
      attentionScale: 1,
      attentionCap: undefined,
      logitCap: readCap(config, 'final_logit_softcapping', undefined),
      shapes,
      ...(width !== undefined && { layerInputWidth: width }),
      attention: eachLayer(shape, (layer) => ({
        rotary: local[layer] ? ofLocal : ofFull,
        window: local[layer] ? window : undefined,
        ...(kinds[layer] === 'shared attention' && { keysOf: ownerOf(layer, kinds, local) }),
      })),
    }
  },
  tensors: {
    ...gemma2.tensors,
    layerInputs: (config) =>
      inputWidth(config) === undefined
        ? undefined
        : {
            table: 'model.embed_tokens_per_layer.weight',
            projection: 'model.per_layer_model_projection.weight',
            norm: 'model.per_layer_projection_norm.weight',
          },
    layer: gemma4Layer,
  },
  gguf: {
    ...gemmaGguf,
    architecture: 'gemma4',
    tensors: {
      ...gemmaGguf.tensors,
      per_layer_token_embd: 'model.embed_tokens_per_layer',
      per_layer_model_proj: 'model.per_layer_model_projection',
      per_layer_proj_norm: 'model.per_layer_projection_norm',
    },
    layerTensors: {
      ...gemmaGguf.layerTensors,
      ...ggufHeadNorms,
      inp_gate: 'per_layer_input_gate',
      proj: 'per_layer_projection',
      post_norm: 'post_per_layer_input_norm',
    },
    wholeNames: { 'layer_output_scale.weight': 'layer_scalar' },
    normOffset: 0,
    config: ggufConfig,
  },
}

/** What differs between full and local layers has two keys, or is listed by layer. */
function ggufConfig(value: (key: string) => unknown): object {
  const isLocal = [value('attention.sliding_window_pattern')].flat()
  const widths = [value('feed_forward_length')].flat().map(Number)
  const kvHeads = value('attention.head_count_kv')
  return {
    head_dim: value('attention.key_length_swa'),
    global_head_dim: value('attention.key_length'),
    ...(Array.isArray(kvHeads) && {
      num_key_value_heads: kvHeads[isLocal.indexOf(true)] as unknown,
      num_global_key_value_heads: kvHeads[isLocal.indexOf(false)] as unknown,
      attention_k_eq_v: true,
    }),
    layer_types: isLocal.map((is) => (is === true ? 'sliding_attention' : 'full_attention')),
    num_kv_shared_layers: value('attention.shared_kv_layers'),
    intermediate_size: Math.min(...widths),
    use_double_wide_mlp: new Set(widths).size > 1,
    hidden_size_per_layer_input: value('embedding_length_per_layer_input') ?? 0,
    rope_local_base_freq: value('rope.freq_base_swa'),
  }
}

/** Full layers rotate a quarter of their pairs, at the frequencies of a head that rotates whole. */
function readOwnRotary(config: Fields, shape: Shape, isLocal: boolean): Rotary {
  const type = isLocal ? 'sliding_attention' : 'full_attention'
  if (config.group('rope_parameters')?.has(type)) return readRotary(config, 10_000, shape, type)
  const { headSize } = shape
  if (isLocal) return plainRotary(config.positive('rope_local_base_freq', 10_000), headSize)
  // GGUF files have divisors of the frequencies, so large that pairs with them do not turn
  if (config.has('rope_scaling')) return readRotary(config, 1_000_000, shape)
  return proportionalRotary(1_000_000, headSize / 4, headSize)
}

/** undefined in the larger models, where layers have no input of their own */
function inputWidth(config: Fields): number | undefined {
  const field = 'hidden_size_per_layer_input'
  if (config.raw(field) === 0 || config.isNull(field)) return undefined
  const vocabulary = config.count('vocab_size', 262_144)
  const rows = config.count('vocab_size_per_layer_input', vocabulary)
  if (rows !== vocabulary) {
    throw new LongtabError(
      'unsupported-model',
      `vocab_size_per_layer_input ${rows} is not supported with vocab_size ${vocabulary}; the two must be equal`,
    )
  }
  return config.count(field, 256)
}

function requireCausal(config: Fields): void {
  if (config.raw('use_bidirectional_attention') !== 'all') return
  throw new LongtabError(
    'unsupported-model',
    'use_bidirectional_attention "all" is not supported in gemma4_text models; only those without it are',
  )
}

function gemma4Layer(index: number, kind: LayerKind, config: Fields): AttentionTensorNames {
  const { over, query, key } = headNorms(index)
  const layer = `model.layers.${index}`
  const projection = (name: string) => `${layer}.self_attn.${name}_proj.weight`
  const [q, k, v] = [projection('q'), projection('k'), projection('v')]
  const keysAreValues =
    config.truth('attention_k_eq_v', false) &&
    !localLayers(config, config.count('num_hidden_layers'))[index]
  const own: Pick<AttentionTensorNames, 'qkv' | 'headNorms' | 'unread'> =
    kind === 'shared attention'
      ? {
          qkv: [q],
          headNorms: { over, query, of: 'queries' },
          unread: [k, v, key], // published files have them
        }
      : {
          qkv: keysAreValues ? [q, k, k] : [q, k, v],
          headNorms: { over, query, key, of: 'queries, keys and values' },
        }
  return {
    ...gemmaLayer(index),
    ...own,
    ...(inputWidth(config) !== undefined && {
      layerInput: {
        gate: `${layer}.per_layer_input_gate.weight`,
        output: `${layer}.per_layer_projection.weight`,
        norm: `${layer}.post_per_layer_input_norm.weight`,
      },
    }),
    scale: `${layer}.layer_scalar`,
  }
}
