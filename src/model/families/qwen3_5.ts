// Qwen 3.5, the text models: three of four layers are gated delta nets, the others attention with an output gate and a norm
// on every query and key head. Names and defaults as in transformers, models/qwen3_5.
import type { DeltaNetShape, LayerKind, LayerTensorNames } from '../../api/description.ts'
import { LongtabError } from '../../api/errors.ts'
import type { Fields } from '../fields.ts'
import { mostTaps } from '../layer_kinds.ts'
import { readLayerTypes } from '../layer_types.ts'
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { ggufHeadNorms, headNorms } from './head_norms.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'

export const qwen3_5: Family = {
  ...llama,
  modelType: 'qwen3_5_text',
  architecture: 'Qwen3_5ForCausalLM',
  wrapper: { modelType: 'qwen3_5', architecture: 'Qwen3_5ForConditionalGeneration' },
  defaults: {
    rms_norm_eps: 1e-6,
    max_position_embeddings: 32_768,
    tie_word_embeddings: false,
    head_dim: 256,
    vocab_size: 248_320,
    num_attention_heads: 16,
    num_key_value_heads: 4,
  },
  refused: ['attention_bias'],
  reads: [],
  kinds,
  traits(config, shape) {
    refuseVariants(config)
    const rotary = readRotary(config, 10_000, shape, 'full_attention', usualRotated)
    return {
      ...plainTraits(config, shape),
      normOffset: 1,
      attention: eachLayer(shape, () => ({ rotary, window: undefined })),
      convolutionTaps: taps(config),
      deltaNet: deltaNet(config),
    }
  },
  tensors: { ...llama.tensors, layer: qwenLayer },
  gguf: {
    ...llamaGguf,
    architecture: 'qwen35',
    layerTensors: {
      ...llamaGguf.layerTensors,
      ...ggufHeadNorms,
      post_attention_norm: 'post_attention_layernorm',
      attn_qkv: 'linear_attn.in_proj_qkv',
      attn_gate: 'linear_attn.in_proj_z',
      ssm_beta: 'linear_attn.in_proj_b',
      ssm_alpha: 'linear_attn.in_proj_a',
      ssm_conv1d: 'linear_attn.conv1d',
      ssm_norm: 'linear_attn.norm',
      ssm_out: 'linear_attn.out_proj',
    },
    wholeNames: { ssm_a: 'linear_attn.A_log', 'ssm_dt.bias': 'linear_attn.dt_bias' },
    interleaved: false,
    normOffset: 1,
    restored(name) {
      if (name.endsWith('.A_log')) return (value) => Math.log(-value) // they hold −exp(A_log)
      return name.endsWith('.linear_attn.norm.weight') ? (value) => value : undefined
    },
    config: ggufConfig,
  },
}

/** Value heads are listed in another order, so that those that share a key head stand apart. */
function ggufConfig(value: (key: string) => unknown): object {
  const valueHeads = Number(value('ssm.time_step_rank'))
  return {
    full_attention_interval: value('full_attention_interval'),
    linear_conv_kernel_dim: value('ssm.conv_kernel'),
    linear_num_key_heads: value('ssm.group_count'),
    linear_num_value_heads: valueHeads,
    linear_key_head_dim: value('ssm.state_size'),
    linear_value_head_dim: Number(value('ssm.inner_size')) / valueHeads,
    [inTurn]: true,
  }
}

/** Field of config.json that only files made of GGUF metadata have. */
const inTurn = 'linear_value_heads_in_turn'

/** Attention without output gates, and another activation than the kernels of delta nets have. */
function refuseVariants(config: Fields): void {
  if (!config.truth('attn_output_gate', true)) {
    throw new LongtabError(
      'unsupported-model',
      'attn_output_gate false is not supported in qwen3_5_text models; only those with output gates are',
    )
  }
  const activation = config.text('hidden_act', 'silu')
  if (activation !== 'silu') {
    throw new LongtabError(
      'unsupported-model',
      `hidden_act ${activation} is not supported in qwen3_5_text models; supported: silu`,
    )
  }
}

/** Part of a head that rotates, where the file does not say. */
const usualRotated = 0.25

/** `layer_types` in newer files, every `full_attention_interval`-th layer in others. */
function kinds(config: Fields, layers: number): readonly LayerKind[] {
  const interval = config.count('full_attention_interval', 4)
  const types = config.has('layer_types')
    ? readLayerTypes(config, layers, ['full_attention', 'linear_attention'])
    : Array.from({ length: layers }, (_, layer) =>
        (layer + 1) % interval === 0 ? 'full_attention' : 'linear_attention',
      )
  if (!types.includes('full_attention')) {
    throw new LongtabError(
      'unsupported-model',
      `all ${layers} layers are linear attention; qwen3_5_text models without full attention are not supported`,
    )
  }
  return types.map((type) => (type === 'full_attention' ? 'attention' : 'gated delta net'))
}

function taps(config: Fields): number {
  const found = config.count('linear_conv_kernel_dim', 4)
  if (found <= mostTaps) return found
  throw new LongtabError(
    'unsupported-model',
    `linear_conv_kernel_dim ${found} is not supported; convolutions see at most ${mostTaps} tokens`,
  )
}

/** What the kernels of delta nets have room for. */
const sizeStep = 16
const mostKeySize = 128

function deltaNet(config: Fields): DeltaNetShape {
  const keyHeads = config.count('linear_num_key_heads', 16)
  const valueHeads = config.count('linear_num_value_heads', 32)
  const keySize = config.count('linear_key_head_dim', 128)
  const valueSize = config.count('linear_value_head_dim', 128)
  if (valueHeads % keyHeads !== 0) {
    throw new LongtabError(
      'bad-file',
      `config.json: linear_num_value_heads ${valueHeads} is not a multiple of linear_num_key_heads ${keyHeads}`,
    )
  }
  if (keySize % sizeStep !== 0 || keySize > mostKeySize) {
    throw new LongtabError(
      'unsupported-model',
      `linear_key_head_dim ${keySize} is not supported; it must be a multiple of ${sizeStep} up to ${mostKeySize}`,
    )
  }
  if (valueSize % sizeStep !== 0) {
    throw new LongtabError(
      'unsupported-model',
      `linear_value_head_dim ${valueSize} is not supported; it must be a multiple of ${sizeStep}`,
    )
  }
  const sharing = config.truth(inTurn, false) ? 'in turn' : 'neighbours'
  return { keyHeads, valueHeads, keySize, valueSize, sharing }
}

function qwenLayer(index: number, kind: LayerKind): LayerTensorNames {
  const { qkv, attentionOutput, ...common } = llamaLayer(index)
  if (kind === 'attention') {
    const [queryAndGate = ''] = qkv
    return { ...common, qkv, queryAndGate, headNorms: headNorms(index), attentionOutput }
  }
  const net = `model.layers.${index}.linear_attn`
  return {
    ...common,
    deltaNet: {
      mixed: ['qkv', 'z', 'b', 'a'].map((name) => `${net}.in_proj_${name}.weight`),
      convolution: `${net}.conv1d.weight`,
      rates: `${net}.A_log`,
      offsets: `${net}.dt_bias`,
      norm: `${net}.norm.weight`,
      output: `${net}.out_proj.weight`,
    },
  }
}
