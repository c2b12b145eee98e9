// Small seeded Llama models of any shape, with retaining heads: the same weights for the reference and, through
// `model_files.ts`, for the engine. Every value is exact in f16, so packing loses nothing.
import type { LayerTensorNames, ModelDescription } from '../src/model/description.ts'
import { pcg, uniform } from './random.ts'
import type { ReferenceModel } from './model.ts'
import { assemble } from './weights.ts'

export interface RandomShape {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly headSize: number
  readonly feedForward: number
  /** at least 258, what the byte tokenizer of `model_files.ts` needs */
  readonly vocabulary: number
  readonly tiedEmbeddings: boolean
  readonly ropeBase: number
  readonly maxPositions: number
  /** width of the retaining heads' hidden layer */
  readonly retainingWidth: number
}

/** Ragged where that is allowed: nothing is a multiple of 32, and heads · headSize is not the hidden size. */
export const smallShape: RandomShape = {
  layers: 3,
  hidden: 40,
  heads: 4,
  kvHeads: 2,
  headSize: 12,
  feedForward: 56,
  vocabulary: 260,
  tiedEmbeddings: true,
  ropeBase: 10_000,
  maxPositions: 1024,
  retainingWidth: 24,
}

export interface NamedTensor {
  readonly name: string
  /** outermost axis first */
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export interface RandomModel {
  readonly description: ModelDescription
  /** under the checkpoint's names and in its layout (rotate_half) */
  readonly tensors: readonly NamedTensor[]
  /** retaining heads, likewise */
  readonly heads: readonly NamedTensor[]
  readonly reference: ReferenceModel
}

export function randomModel(shape: RandomShape, seed: number): RandomModel {
  const description = describe(shape)
  const matrix = (name: string, outputs: number, inputs: number, gain: number): NamedTensor => ({
    name,
    shape: [outputs, inputs],
    values: normals(outputs * inputs, gain / Math.sqrt(inputs), seed, name),
  })
  const normWeight = (name: string): NamedTensor => ({
    name,
    shape: [shape.hidden],
    values: normals(shape.hidden, 0.1, seed, name).map((value) => toHalf(1 + value)),
  })

  const { hidden, feedForward, vocabulary, retainingWidth } = shape
  const queries = shape.heads * shape.headSize
  const keys = shape.kvHeads * shape.headSize
  const names = description.tensors
  const tensors = [
    matrix(names.embedding, vocabulary, hidden, 3),
    normWeight(names.finalNorm),
    ...(shape.tiedEmbeddings ? [] : [matrix(names.output, vocabulary, hidden, 3)]),
    ...names.layers.flatMap((layer) => [
      normWeight(layer.attentionNorm),
      // gains above one make attention choose: with less every softmax is nearly flat and tests see averages
      matrix(layer.query, queries, hidden, 1.5),
      matrix(layer.key, keys, hidden, 1.5),
      matrix(layer.value, keys, hidden, 1),
      matrix(layer.attentionOutput, hidden, queries, 1),
      normWeight(layer.feedForwardNorm),
      matrix(layer.gate, feedForward, hidden, 1),
      matrix(layer.up, feedForward, hidden, 1),
      matrix(layer.down, hidden, feedForward, 1),
    ]),
  ]
  const heads = names.layers.flatMap((_, index) => [
    matrix(`model.layers.${index}.self_attn.fc1.weight`, retainingWidth, queries + 2 * keys, 2),
    matrix(`model.layers.${index}.self_attn.fc2.weight`, shape.kvHeads, retainingWidth, 2),
  ])
  const reference = assemble(description, byName(tensors), byName(heads))
  return { description, tensors, heads, reference }
}

function byName(tensors: readonly NamedTensor[]): Map<string, Float32Array> {
  return new Map(tensors.map(({ name, values }) => [name, values]))
}

function describe(shape: RandomShape): ModelDescription {
  const embedding = 'model.embed_tokens.weight'
  return {
    family: 'llama',
    layers: shape.layers,
    hidden: shape.hidden,
    heads: shape.heads,
    kvHeads: shape.kvHeads,
    headSize: shape.headSize,
    feedForward: shape.feedForward,
    vocabulary: shape.vocabulary,
    normEpsilon: 1e-5,
    rotary: { base: shape.ropeBase, rotated: shape.headSize },
    tiedEmbeddings: shape.tiedEmbeddings,
    maxPositions: shape.maxPositions,
    endIds: [endId],
    tensors: {
      embedding,
      finalNorm: 'model.norm.weight',
      output: shape.tiedEmbeddings ? embedding : 'lm_head.weight',
      layers: Array.from({ length: shape.layers }, (_, index) => llamaLayer(index)),
    },
  }
}

function llamaLayer(index: number): LayerTensorNames {
  const prefix = `model.layers.${index}`
  return {
    attentionNorm: `${prefix}.input_layernorm.weight`,
    query: `${prefix}.self_attn.q_proj.weight`,
    key: `${prefix}.self_attn.k_proj.weight`,
    value: `${prefix}.self_attn.v_proj.weight`,
    attentionOutput: `${prefix}.self_attn.o_proj.weight`,
    feedForwardNorm: `${prefix}.post_attention_layernorm.weight`,
    gate: `${prefix}.mlp.gate_proj.weight`,
    up: `${prefix}.mlp.up_proj.weight`,
    down: `${prefix}.mlp.down_proj.weight`,
  }
}

/** Ids of `<s>` and `</s>`; ids below 256 are bytes. */
export const beginId = 256
export const endId = 257

/** A seeded prompt: `<s>`, then lower-case letters and spaces. */
export function randomPrompt(tokens: number, seed: number): Uint32Array {
  const bytes = Uint8Array.from('etaoinshrdlu ', (letter) => letter.charCodeAt(0))
  return Uint32Array.from({ length: tokens }, (_, index) =>
    index === 0 ? beginId : (bytes[Math.floor(uniform(seed, index) * bytes.length)] ?? 0),
  )
}

/** Values of a normal distribution (Box and Muller), each rounded to f16, drawn from the seed and the tensor's name. */
function normals(count: number, deviation: number, seed: number, name: string): Float32Array {
  const stream = Array.from(name, (letter) => letter.charCodeAt(0)).reduce(
    (hash, code) => pcg(hash ^ code),
    pcg(seed),
  )
  return Float32Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(stream, index, 0)))
    return toHalf(deviation * radius * Math.cos(2 * Math.PI * uniform(stream, index, 1)))
  })
}

/** The nearest f16 of a number below 65,504 in size: eleven significant bits, none below 2⁻²⁴. */
function toHalf(value: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))))
  const unit = 2 ** (exponent - 10)
  return Math.round(value / unit) * unit
}
