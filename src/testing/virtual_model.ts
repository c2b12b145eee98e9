// A model whose weights are large, and all zeros, in every form that models come in; only its headers are ever in memory. Tests
// change one thing of it.
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { describe } from '../model/config.ts'
import { llamaGguf } from '../model/families/llama.ts'
import { requiredTensors } from '../model/required_tensors.ts'
import type { VirtualFile } from './counting_server.ts'

type Json = Readonly<Record<string, unknown>>

export interface VirtualTensor {
  readonly name: string
  /** outermost axis first */
  readonly shape: readonly number[]
  /** of safetensors: F16; of GGUF files too unless `ggufType` says another */
  readonly dtype: string
  /** number of a type of GGUF's, with the bytes that one value takes */
  readonly ggufType?: { readonly id: number; readonly valueBytes: number }
}

export interface VirtualModel {
  readonly config: Json
  readonly tensors: readonly VirtualTensor[]
  /** tokenizer.json; of a GGUF file the tokens alone */
  readonly tokenizer: string
  readonly tokens: readonly string[]
  /** `tokenizer.ggml.pre` */
  readonly pre: string
  /** tokenizer_config.json */
  readonly tokenizerConfig: Json
  /** further files of a folder */
  readonly files: Readonly<Record<string, VirtualFile | Uint8Array | string>>
  /** further fields of a GGUF file; undefined takes one away */
  readonly metadata: Json
  /** whether the header is damaged: that of the last shard */
  readonly isDamaged: boolean
}

export type Files = Readonly<Record<string, VirtualFile | Uint8Array | string>>

const shape = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 512,
  intermediate_size: 2048,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  vocab_size: 260,
  max_position_embeddings: 1024,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  eos_token_id: 257,
}

const texts = Object.fromEntries(
  await Promise.all(
    modelFiles(randomModel({ ...smallShape, layers: 1 }, 1), 'F16').map(
      async (file) => [file.name, file.name.endsWith('.json') ? await file.text() : ''] as const,
    ),
  ),
)

function tokensOf(tokenizer: string): string[] {
  const { model } = JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } }
  const tokens: string[] = []
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token
  return tokens
}

/** A sound one of some 28 MB. */
export function virtualModel(changes: Partial<VirtualModel> = {}): VirtualModel {
  const config = { ...shape, ...changes.config }
  const tokenizer = texts['tokenizer.json'] ?? ''
  return {
    tensors: changes.tensors ?? tensorsOf(config),
    tokenizer,
    tokens: tokensOf(tokenizer),
    pre: 'gpt-2',
    tokenizerConfig: JSON.parse(texts['tokenizer_config.json'] ?? '') as Json,
    files: {},
    metadata: {},
    isDamaged: false,
    ...changes,
    config,
  }
}

export function tensorsOf(config: Json = shape): VirtualTensor[] {
  return [...requiredTensors(describe({ ...shape, ...config }, {}))].map(([name, axes]) => ({
    name,
    shape: axes,
    dtype: 'F16',
  }))
}

export function inOneFile(model: VirtualModel): Files {
  return {
    ...beside(model),
    'model.safetensors': safetensors(model.tensors, model.isDamaged),
  }
}

export function inShards(model: VirtualModel): Files {
  const count = 3
  const each = Math.ceil(model.tensors.length / count)
  const shards = Array.from({ length: count }, (_, i) => ({
    name: `model-0000${i + 1}-of-0000${count}.safetensors`,
    tensors: model.tensors.slice(i * each, (i + 1) * each),
  }))
  const homes = shards.flatMap(({ name, tensors }) => tensors.map((one) => [one.name, name]))
  return {
    ...beside(model),
    'model.safetensors.index.json': JSON.stringify({ weight_map: Object.fromEntries(homes) as object }),
    ...Object.fromEntries(
      shards.map(({ name, tensors }, i) => [
        name,
        safetensors(tensors, model.isDamaged && i === count - 1),
      ]),
    ),
  }
}

export function inGguf(model: VirtualModel): Files {
  return { 'model.gguf': gguf(model), ...model.files }
}

function beside({ config, tokenizer, tokenizerConfig, files }: VirtualModel): Files {
  return {
    'config.json': JSON.stringify(config),
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': JSON.stringify(tokenizerConfig),
    ...files,
  }
}

const bytesPerValue: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2, I8: 1 }

function sizeOf({ shape, dtype }: VirtualTensor): number {
  return shape.reduce((product, axis) => product * axis, bytesPerValue[dtype] ?? 0)
}

export function safetensors(
  tensors: readonly VirtualTensor[],
  isDamaged = false,
  metadata: Readonly<Record<string, string>> = {},
): VirtualFile {
  let end = 0
  const entries = tensors.map((tensor) => {
    const start = end
    end += sizeOf(tensor)
    const { name, shape, dtype } = tensor
    return [name, { dtype, shape, data_offsets: [start, end] }]
  })
  const all = { __metadata__: metadata, ...(Object.fromEntries(entries) as object) }
  const json = new TextEncoder().encode(JSON.stringify(all))
  const begins = new Uint8Array(8 + json.length)
  new DataView(begins.buffer).setBigUint64(0, BigInt(json.length), true)
  begins.set(json, 8)
  if (isDamaged) begins.fill(0x21, 8, 16)
  return { begins, bytes: begins.length + end }
}

/** Numbers of GGUF's types of values. */
const types = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9 }

/** Of tensors. */
const [f32, f16] = [0, 1]

export function gguf(model: VirtualModel): VirtualFile {
  const fields = Object.entries(metadataOf(model)).filter(([, value]) => value !== undefined)
  const parts: Uint8Array[] = []
  const number = (bytes: number, write: (view: DataView) => void) => {
    const part = new Uint8Array(bytes)
    write(new DataView(part.buffer))
    parts.push(part)
  }
  const u32 = (value: number) => number(4, (view) => view.setUint32(0, value, true))
  const u64 = (value: number) => number(8, (view) => view.setBigUint64(0, BigInt(value), true))
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value)
    u64(bytes.length)
    parts.push(bytes)
  }
  const write = (value: unknown, type: number) => {
    if (type === types.text) text(String(value))
    else if (type === types.bool) parts.push(Uint8Array.of(value === true ? 1 : 0))
    else if (type === types.f32) number(4, (view) => view.setFloat32(0, Number(value), true))
    else if (type === types.i32) number(4, (view) => view.setInt32(0, Number(value), true))
    else u32(Number(value))
  }
  const typeOf = (value: unknown) => {
    if (typeof value === 'string') return types.text
    if (typeof value === 'boolean') return types.bool
    return Number.isInteger(value) ? types.u32 : types.f32
  }
  parts.push(new TextEncoder().encode(model.isDamaged ? 'GGUX' : 'GGUF'))
  u32(3)
  u64(model.tensors.length)
  u64(fields.length)
  for (const [key, value] of fields) {
    text(key)
    if (Array.isArray(value)) {
      const values: readonly unknown[] = value
      const type = typeof values[0] === 'string' ? types.text : types.i32
      u32(types.list)
      u32(type)
      u64(values.length)
      for (const one of values) write(one, type)
    } else {
      u32(typeOf(value))
      write(value, typeOf(value))
    }
  }
  let end = 0
  for (const tensor of model.tensors) {
    const { name, shape, ggufType } = tensor
    const isVector = shape.length === 1
    text(ggufNameOf(name))
    u32(shape.length)
    for (const axis of [...shape].reverse()) u64(axis)
    u32(ggufType?.id ?? (isVector ? f32 : f16))
    u64(end)
    const values = shape.reduce((product, axis) => product * axis, 1)
    const bytes = values * (ggufType?.valueBytes ?? (isVector ? 4 : 2))
    end += Math.ceil(bytes / 32) * 32
  }
  const header = parts.reduce((sum, part) => sum + part.length, 0)
  const begins = new Uint8Array(Math.ceil(header / 32) * 32)
  let at = 0
  for (const part of parts) {
    begins.set(part, at)
    at += part.length
  }
  return { begins, bytes: begins.length + end }
}

function metadataOf(model: VirtualModel): Json {
  const { config, tokens, tokenizerConfig, pre, metadata } = model
  const control = (token: string) => (token === '<s>' || token === '</s>' ? 3 : 1)
  return {
    'general.architecture': config['model_type'],
    'llama.block_count': config['num_hidden_layers'],
    'llama.embedding_length': config['hidden_size'],
    'llama.feed_forward_length': config['intermediate_size'],
    'llama.attention.head_count': config['num_attention_heads'],
    'llama.attention.head_count_kv': config['num_key_value_heads'],
    'llama.attention.layer_norm_rms_epsilon': config['rms_norm_eps'],
    'llama.attention.key_length': config['head_dim'],
    'llama.attention.value_length': config['head_dim'],
    'llama.context_length': config['max_position_embeddings'],
    'llama.rope.freq_base': config['rope_theta'],
    'llama.expert_count': config['num_local_experts'],
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': pre,
    'tokenizer.ggml.tokens': tokens.length === 0 ? undefined : tokens,
    'tokenizer.ggml.token_type': tokens.length === 0 ? undefined : tokens.map(control),
    'tokenizer.ggml.bos_token_id': 256,
    'tokenizer.ggml.eos_token_id': 257,
    'tokenizer.chat_template': tokenizerConfig['chat_template'],
    ...metadata,
  }
}

/** llama.cpp's name of a tensor; others keep theirs. */
function ggufNameOf(name: string): string {
  const [, layer, role = '', kind = ''] =
    /^(?:model\.layers\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(name) ?? []
  const names = layer === undefined ? llamaGguf.tensors : llamaGguf.layerTensors
  const found = Object.entries(names).find(([, theirs]) => theirs === role)?.[0]
  if (found === undefined) return layer === undefined ? name : `blk.${layer}.${role}.${kind}`
  return layer === undefined ? `${found}.${kind}` : `blk.${layer}.${found}.${kind}`
}
