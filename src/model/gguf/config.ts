// GGUF metadata as the config.json it was once made from, so that both are read by the same code. Keys as in llama.cpp's
// `gguf-py/gguf/constants.py`.
import { LongtabError } from '../../api/errors.ts'
import { shown } from '../../api/shown.ts'
import { families } from '../families/families.ts'
import type { GgufFamily } from '../families/family.ts'
import type { GgufHeader } from './header.ts'

/** A model family that llama.cpp saves as its own. */
export interface SavedFamily extends GgufFamily {
  /** `model_type` in config.json */
  readonly modelType: string
}

const saved: readonly SavedFamily[] = families.flatMap(({ modelType, gguf }) =>
  gguf === undefined ? [] : [{ modelType, ...gguf }],
)

export function savedFamily(metadata: GgufHeader['metadata']): SavedFamily | undefined {
  return saved.find(({ architecture }) => architecture === metadata['general.architecture'])
}

/** Throws LongtabError `unsupported-model` at an architecture that is not known. */
export function familyOf({ metadata }: GgufHeader): SavedFamily {
  const family = savedFamily(metadata)
  if (family === undefined) {
    const known = saved.map((one) => one.architecture).join(', ')
    throw new LongtabError(
      'unsupported-model',
      `GGUF architecture ${String(metadata['general.architecture'])} is not supported; supported: ${known}`,
    )
  }
  return family
}

/** Divisors of the rotary frequencies, which GGUF keeps as tensors. */
export interface RotaryFactors {
  /** of Llama 3.1 */
  readonly always?: readonly number[]
  /** of LongRoPE */
  readonly short?: readonly number[]
  readonly long?: readonly number[]
}

/** The content of config.json; fields the file says nothing of are missing. */
export function configOf(header: GgufHeader, factors: RotaryFactors): object {
  const family = familyOf(header)
  const { metadata, tensors } = header
  const value = (key: string) => metadata[`${family.architecture}.${key}`]
  const has = (name: string) => tensors.some((tensor) => tensor.name === name)
  refuseKeys(value, family)
  const hidden = Number(value('embedding_length'))
  const heads = Number(value('attention.head_count'))
  const headSize = Number(value('attention.key_length') ?? Math.trunc(hidden / heads))
  const rotated = Number(value('rope.dimension_count') ?? headSize)
  const window = value('attention.sliding_window')
  const own = family.config(value, {
    hidden_size: hidden,
    num_attention_heads: heads,
    num_hidden_layers: Number(value('block_count')),
    head_dim: headSize,
  })
  return {
    model_type: family.modelType,
    vocab_size: tensors.find(({ name }) => name === 'token_embd.weight')?.shape[0],
    hidden_size: value('embedding_length'),
    intermediate_size: value('feed_forward_length'),
    num_hidden_layers: value('block_count'),
    num_attention_heads: value('attention.head_count'),
    num_key_value_heads: inEveryLayer(value('attention.head_count_kv')),
    head_dim: headSize,
    max_position_embeddings: value('context_length'),
    rms_norm_eps: value('attention.layer_norm_rms_epsilon'),
    rope_theta: value('rope.freq_base'),
    partial_rotary_factor: rotated / headSize,
    rope_scaling: rotaryScaling(value, factors),
    original_max_position_embeddings: value('rope.scaling.original_context_length'),
    tie_word_embeddings: !has('output.weight'),
    sliding_window: window === 0 ? undefined : window, // 0 in Phi-4, which has none
    attn_logit_softcapping: value('attn_logit_softcapping'),
    final_logit_softcapping: value('final_logit_softcapping'),
    eos_token_id: endIds(metadata),
    // llama.cpp adds them in whatever architecture they are there; the families that always have them name them
    qkv_bias: has('blk.0.attn_q.bias') || has('blk.0.attn_qkv.bias'),
    attention_output_bias: has('blk.0.attn_output.bias'),
    mlp_bias: has('blk.0.ffn_down.bias'),
    ...own,
  }
}

/** A value that some converters list layer by layer, as one where all layers have the same. */
export function inEveryLayer(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return new Set(value).size === 1 ? (value[0] as unknown) : value
}

type Value = (key: string) => unknown

/** Key → the value at which it has no effect: what llama.cpp computes with and the forward pass does not. */
const withoutEffect: Readonly<Record<string, unknown>> = {
  'attention.clamp_kqv': 0,
  'attention.max_alibi_bias': 0,
  'attention.scale': 0,
  'attention.causal': true,
  logit_scale: 1,
  residual_scale: 1,
  embedding_scale: 1,
  use_parallel_residual: false,
}

/** Throws LongtabError `unsupported-model` naming the key. */
function refuseKeys(value: Value, { architecture, reads = [] }: GgufFamily): void {
  for (const [key, neutral] of Object.entries(withoutEffect)) {
    const found = value(key)
    if (found === undefined || found === neutral || reads.includes(key)) continue
    throw new LongtabError(
      'unsupported-model',
      `${architecture}.${key} ${shown(found)} is not supported; only models without it are`,
    )
  }
  const [key, length] = [value('attention.key_length'), value('attention.value_length')]
  if (key !== undefined && length !== undefined && key !== length) {
    throw new LongtabError(
      'unsupported-model',
      `${architecture}.attention.value_length ${shown(length)} is not supported; it must be key_length, ${shown(key)}`,
    )
  }
}

function rotaryScaling(value: Value, { always, short, long }: RotaryFactors): object | undefined {
  if (always) {
    return { type: 'longrope', short_factor: always, long_factor: always, attention_factor: 1 }
  }
  if (short && long) {
    const attention_factor = value('rope.scaling.attn_factor')
    return { type: 'longrope', short_factor: short, long_factor: long, attention_factor }
  }
  const type = value('rope.scaling.type')
  if (type === undefined || type === 'none') return undefined
  const scaling = { type, factor: value('rope.scaling.factor') }
  return type === 'yarn' ? { ...scaling, ...yarnRange(value) } : scaling
}

/** llama.cpp multiplies the paper's factor for the attention by its own. */
function yarnRange(value: Value): object {
  const factor = Number(value('rope.scaling.factor'))
  const own = value('rope.scaling.attn_factor')
  return {
    beta_fast: value('rope.scaling.yarn_beta_fast'),
    beta_slow: value('rope.scaling.yarn_beta_slow'),
    ...(own !== undefined && { attention_factor: Number(own) * (1 + 0.1 * Math.log(factor)) }),
  }
}

function endIds(metadata: GgufHeader['metadata']): unknown[] {
  const keys = ['eos_token_id', 'eot_token_id', 'eom_token_id']
  return keys.map((key) => metadata[`tokenizer.ggml.${key}`]).filter((id) => id !== undefined)
}
