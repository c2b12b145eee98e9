// Small seeded Llama models of any shape, with retaining heads. The reference gets arrays, the engine the same weights as
// files of a Hugging Face folder (model_files.ts). Every value is exact in f16, so packing loses nothing.
import { describe } from '../src/model/config.ts'
import type {
  DeltaNetShape,
  DeltaNetTensorNames,
  LayerTensorNames,
  ModelDescription,
} from '../src/api/description.ts'
import { deltaShape } from './delta_net.ts'
import type { ReferenceModel } from './model.ts'
import { pcg, uniform } from './random.ts'
import { assemble } from './weights.ts'

type Dimensions = 'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headSize' | 'feedForward'

/** A Llama, with `weighsTurnedHeads` a HunYuan, or with `attentionIn` an LFM2, with `deltaNet` too a Qwen 3.5. */
export interface RandomShape extends Pick<
  ModelDescription,
  Dimensions | 'tiedEmbeddings' | 'maxPositions'
> {
  /** at least 258, which the tokenizer of model_files.ts needs */
  readonly vocabulary: number
  readonly ropeBase: number
  /** width of the retaining heads' hidden layer */
  readonly retainingWidth: number
  /** the layers of attention, where the others are short convolutions or gated delta nets */
  readonly attentionIn?: readonly number[]
  readonly deltaNet?: DeltaNetShape
  /** norms of heads have weights that multiply turned heads, far from one */
  readonly weighsTurnedHeads?: boolean
}

/** Ragged on purpose: no size is a multiple of 32, and heads · headSize is not the hidden size. */
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

/** Short convolutions before, between and behind two layers of attention. */
export const hybridShape: RandomShape = { ...smallShape, layers: 5, attentionIn: [1, 3] }

/** Delta nets in their place. */
export const deltaNetShape: RandomShape = {
  ...hybridShape,
  deltaNet: { keyHeads: 2, valueHeads: 4, keySize: 16, valueSize: 32, sharing: 'neighbours' },
}

/** Ids of `<s>` and `</s>`; ids below 256 are bytes. */
export const beginId = 256
export const endId = 257

export interface NamedTensor {
  readonly name: string
  /** outermost axis first */
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export interface RandomModel {
  /** the content of config.json */
  readonly config: object
  readonly description: ModelDescription
  /** under the checkpoint's names and in its layout (rotate_half) */
  readonly tensors: readonly NamedTensor[]
  /** retaining heads, in the same form */
  readonly heads: readonly NamedTensor[]
  readonly reference: ReferenceModel
}

export function randomModel(shape: RandomShape, seed: number): RandomModel {
  const config = configOf(shape)
  const description = describe(config, {})
  const matrix = (name: string, outputs: number, inputs: number, gain: number): NamedTensor => ({
    name,
    shape: [outputs, inputs],
    values: normals(outputs * inputs, gain / Math.sqrt(inputs), seed, name),
  })
  const normWeight = (name: string, width = shape.hidden, spread = 0.1): NamedTensor => ({
    name,
    shape: [width],
    values: normals(width, spread, seed, name).map((value) => nearestHalf(1 + value)),
  })

  const { hidden, feedForward, vocabulary, retainingWidth } = shape
  const queries = shape.heads * shape.headSize
  const keys = shape.kvHeads * shape.headSize
  const names = description.tensors
  const deltaNetTensors = (own: DeltaNetTensorNames['deltaNet']): NamedTensor[] => {
    const { channels, values, valueHeads, valueSize } = deltaShape(description)
    const taps = description.convolutionTaps
    const heights = [channels, values, valueHeads, valueHeads]
    const vector = (name: string, width: number): NamedTensor => ({
      name,
      shape: [width],
      values: normals(width, 1, seed, name),
    })
    return [
      ...own.mixed.map((name, part) => matrix(name, heights[part] ?? 0, hidden, 1)),
      { ...matrix(own.convolution, channels, taps, 1), shape: [channels, 1, taps] },
      vector(own.rates, valueHeads),
      vector(own.offsets, valueHeads),
      normWeight(own.norm, valueSize),
      matrix(own.output, hidden, values, 3),
    ]
  }
  const operatorTensors = (layer: LayerTensorNames): NamedTensor[] => {
    if ('convolution' in layer) {
      const { gates, weights, output } = layer.convolution
      const taps = description.convolutionTaps
      return [
        matrix(gates, 3 * hidden, hidden, 1),
        { ...matrix(weights, hidden, taps, 1), shape: [hidden, 1, taps] },
        matrix(output, hidden, hidden, 3),
      ]
    }
    if ('deltaNet' in layer) return deltaNetTensors(layer.deltaNet)
    const { query, key, weigh } = layer.headNorms ?? {} // shapes here norm each head
    const queryRows = layer.queryAndGate === undefined ? queries : 2 * queries
    return [
      ...layer.qkv.map((name, part) =>
        matrix(name, part === 0 ? queryRows : keys, hidden, part === 2 ? 1 : 1.5),
      ),
      ...[query, key].flatMap((name) =>
        name === undefined
          ? []
          : normWeight(name, shape.headSize, weigh === 'turned heads' ? 1 : 0.1),
      ),
      matrix(layer.attentionOutput, hidden, queries, 3),
    ]
  }
  const tensors = [
    matrix(names.embedding, vocabulary, hidden, 3),
    normWeight(names.finalNorm),
    ...(shape.tiedEmbeddings ? [] : [matrix(names.output, vocabulary, hidden, 3)]),
    // Norm weights above one: with less, every softmax is nearly flat and the embedding dominates the layers.
    ...names.layers.flatMap((layer) => [
      ...(layer.attentionNorm === undefined ? [] : [normWeight(layer.attentionNorm)]),
      ...operatorTensors(layer),
      ...(layer.feedForwardNorm === undefined ? [] : [normWeight(layer.feedForwardNorm)]),
      ...layer.gateUp.map((name) => matrix(name, feedForward, hidden, 1)),
      matrix(layer.down, hidden, feedForward, 3),
    ]),
  ]
  const heads = names.layers.flatMap((layer, index) => {
    if (!('qkv' in layer)) return []
    return [
      matrix(`model.layers.${index}.self_attn.fc1.weight`, retainingWidth, queries + 2 * keys, 2),
      matrix(`model.layers.${index}.self_attn.fc2.weight`, shape.kvHeads, retainingWidth, 2),
    ]
  })
  const reference = assemble(description, byName(tensors), byName(heads))
  return { config, description, tensors, heads, reference }
}

function configOf(shape: RandomShape) {
  const { attentionIn, deltaNet, weighsTurnedHeads } = shape
  if (weighsTurnedHeads) return turnedNormsConfig(shape)
  if (!attentionIn) return llamaConfig(shape)
  return deltaNet ? deltaNetConfig(shape, attentionIn, deltaNet) : hybridConfig(shape, attentionIn)
}

function deltaNetConfig(shape: RandomShape, attentionIn: readonly number[], own: DeltaNetShape) {
  return {
    ...llamaConfig(shape),
    architectures: ['Qwen3_5ForCausalLM'],
    model_type: 'qwen3_5_text',
    partial_rotary_factor: 0.5,
    layer_types: Array.from({ length: shape.layers }, (_, layer) =>
      attentionIn.includes(layer) ? 'full_attention' : 'linear_attention',
    ),
    linear_num_key_heads: own.keyHeads,
    linear_num_value_heads: own.valueHeads,
    linear_key_head_dim: own.keySize,
    linear_value_head_dim: own.valueSize,
  }
}

function turnedNormsConfig(shape: RandomShape) {
  return {
    ...llamaConfig(shape),
    architectures: ['HunYuanDenseV1ForCausalLM'],
    model_type: 'hunyuan_v1_dense',
  }
}

function hybridConfig(shape: RandomShape, full_attn_idxs: readonly number[]) {
  return {
    ...llamaConfig(shape),
    architectures: ['Lfm2ForCausalLM'],
    model_type: 'lfm2',
    norm_eps: 1e-5,
    block_auto_adjust_ff_dim: false,
    full_attn_idxs,
  }
}

function llamaConfig(shape: RandomShape) {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_act: 'silu',
    hidden_size: shape.hidden,
    intermediate_size: shape.feedForward,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headSize,
    vocab_size: shape.vocabulary,
    max_position_embeddings: shape.maxPositions,
    rms_norm_eps: 1e-5,
    rope_theta: shape.ropeBase,
    tie_word_embeddings: shape.tiedEmbeddings,
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: beginId,
    eos_token_id: endId,
    torch_dtype: 'float32',
  }
}

function byName(tensors: readonly NamedTensor[]): Map<string, Float32Array> {
  return new Map(tensors.map(({ name, values }) => [name, values]))
}

/** A seeded prompt: `<s>`, then lower-case letters and spaces. */
export function randomPrompt(tokens: number, seed: number): Uint32Array {
  const letters = Uint8Array.from('etaoinshrdlu ', (letter) => letter.charCodeAt(0))
  return Uint32Array.from({ length: tokens }, (_, index) =>
    index === 0 ? beginId : (letters[Math.floor(uniform(seed, index) * letters.length)] ?? 0),
  )
}

/** Normally distributed (Box and Muller), rounded to f16, from the seed and the tensor's name. */
function normals(count: number, deviation: number, seed: number, name: string): Float32Array {
  const stream = Array.from(name, (letter) => letter.charCodeAt(0)).reduce(
    (hash, code) => pcg(hash ^ code),
    pcg(seed),
  )
  return Float32Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(stream, index, 0)))
    return nearestHalf(deviation * radius * Math.cos(2 * Math.PI * uniform(stream, index, 1)))
  })
}

/** The nearest f16 of a number below 65,504 in magnitude: eleven significant bits, none below 2⁻²⁴. */
function nearestHalf(value: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))))
  const unit = 2 ** (exponent - 10)
  return Math.round(value / unit) * unit
}
