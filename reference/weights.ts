// A checkpoint's tensors → the reference's weights: q, k and v stacked, gate and up stacked, rotary pairs interleaved.
import type { AttentionTensorNames, ModelDescription, TensorNames } from '../src/api/description.ts'
import { at } from './at.ts'
import { ofLayer } from './of_layer.ts'
import type {
  AttentionWeights,
  CommonWeights,
  LayerWeights,
  ReferenceModel,
  RetainingHead,
} from './model.ts'

/** Tensors by name, each row-major. */
export type Tensors = ReadonlyMap<string, Float32Array>

/** @param heads official retaining heads, `model.layers.{i}.self_attn.fc1.weight` and `fc2.weight` */
export function assemble(
  description: ModelDescription,
  tensors: Tensors,
  heads?: Tensors,
): ReferenceModel {
  const names: TensorNames = description.tensors
  const norm = (name: string) => tensorOf(tensors, name).map((w) => w + description.normOffset)
  const optionalNorm = (name: string | undefined) => (name === undefined ? undefined : norm(name))
  return {
    description,
    embedding: tensorOf(tensors, names.embedding),
    finalNorm: norm(names.finalNorm).map((w) => w * description.logitScale),
    output: tensorOf(tensors, names.output),
    layerInputs: names.layerInputs && {
      table: tensorOf(tensors, names.layerInputs.table),
      projection: tensorOf(tensors, names.layerInputs.projection),
      norm: tensorOf(tensors, names.layerInputs.norm),
    },
    layers: names.layers.map((layer, index): LayerWeights => {
      const common: CommonWeights = {
        attentionNorm: optionalNorm(layer.attentionNorm),
        attentionPostNorm: optionalNorm(layer.attentionPostNorm),
        feedForwardNorm: optionalNorm(layer.feedForwardNorm),
        gateUp: stackOf(tensors, layer.gateUp),
        gateUpBias: layer.gateUpBias && stackOf(tensors, layer.gateUpBias),
        down: tensorOf(tensors, layer.down),
        downBias: layer.downBias === undefined ? undefined : tensorOf(tensors, layer.downBias),
        feedForwardPostNorm: optionalNorm(layer.feedForwardPostNorm),
        layerInput: layer.layerInput && {
          gate: tensorOf(tensors, layer.layerInput.gate),
          output: tensorOf(tensors, layer.layerInput.output),
          norm: tensorOf(tensors, layer.layerInput.norm),
        },
        scale: layer.scale === undefined ? 1 : at(tensorOf(tensors, layer.scale), 0),
      }
      if ('convolution' in layer) {
        const { gates, weights, output } = layer.convolution
        const convolution = {
          gates: tensorOf(tensors, gates),
          weights: tensorOf(tensors, weights),
          output: tensorOf(tensors, output),
        }
        return { ...common, convolution }
      }
      if ('deltaNet' in layer) {
        const { mixed, convolution, rates, offsets, norm, output } = layer.deltaNet
        const deltaNet = {
          mixed: stackOf(tensors, mixed),
          convolution: tensorOf(tensors, convolution),
          rates: tensorOf(tensors, rates),
          offsets: tensorOf(tensors, offsets),
          norm: tensorOf(tensors, norm),
          output: tensorOf(tensors, output),
        }
        return { ...common, deltaNet }
      }
      const own = ofLayer(description, index)
      const { queryAndGate } = layer
      const split = queryAndGate && queriesAndGates(tensorOf(tensors, queryAndGate), own)
      const parts = split ? new Map([...tensors, [queryAndGate, split.queries]]) : tensors
      return {
        ...common,
        qkv: paired(stackOf(parts, layer.qkv), own, index),
        attentionGate: split ? split.gates : undefined,
        qkvBias: layer.qkvBias && paired(stackOf(tensors, layer.qkvBias), own, index),
        ...headNormsOf(tensors, layer.headNorms, own, index),
        attentionOutput: tensorOf(tensors, layer.attentionOutput),
        attentionOutputBias:
          layer.attentionOutputBias === undefined
            ? undefined
            : tensorOf(tensors, layer.attentionOutputBias),
        retaining: heads && retainingHead(heads, index, description),
      }
    }),
  }
}

/** Norms of turned heads divide before the rotation and weigh after it. */
function headNormsOf(
  tensors: Tensors,
  names: AttentionTensorNames['headNorms'],
  description: ModelDescription,
  layer: number,
): Pick<AttentionWeights, 'headNorms' | 'turnedNorms'> {
  if (!names) return { headNorms: undefined, turnedNorms: undefined }
  const { query, key, of, weigh } = names
  const weights = (name: string) => pairedNorm(tensorOf(tensors, name), description, layer)
  const ones = new Float32Array(description.headSize).fill(1)
  if (weigh === 'turned heads') {
    const turnedNorms = { query: weights(query), key: key === undefined ? ones : weights(key) }
    return { headNorms: { query: ones, key: ones }, turnedNorms }
  }
  return {
    headNorms: {
      query: weights(query),
      key: key === undefined ? undefined : weights(key),
      value: of === 'queries, keys and values' ? ones : undefined,
    },
    turnedNorms: undefined,
  }
}

function retainingHead(
  heads: Tensors,
  layerIndex: number,
  description: ModelDescription,
): RetainingHead {
  const prefix = `model.layers.${layerIndex}.self_attn`
  return {
    fc1: pairColumns(tensorOf(heads, `${prefix}.fc1.weight`), description, layerIndex),
    bias: heads.get(`${prefix}.fc1.bias`),
    fc2: tensorOf(heads, `${prefix}.fc2.weight`),
  }
}

function tensorOf(tensors: Tensors, name: string): Float32Array {
  const tensor = tensors.get(name)
  if (tensor === undefined) throw new Error(`no tensor is named ${name}`)
  return tensor
}

function stackOf(tensors: Tensors, names: readonly string[]): Float32Array {
  const parts = names.map((name) => tensorOf(tensors, name))
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** @param rows (heads, [query; gate], headSize, hidden) */
function queriesAndGates(rows: Float32Array, { hidden, headSize }: ModelDescription) {
  const head = headSize * hidden
  const isQuery = (place: number) => place % (2 * head) < head
  return {
    queries: rows.filter((_, place) => isQuery(place)),
    gates: rows.filter((_, place) => !isQuery(place)),
  }
}

/**
 * Index of dimension `dim` of a head in Hugging Face's "rotate_half" layout, which pairs i with i + rotated / 2. Here the
 * pair is at 2i and 2i + 1.
 */
export function halfLayoutDim(dim: number, rotated: number): number {
  if (dim >= rotated) return dim
  return dim % 2 === 0 ? dim / 2 : (dim - 1) / 2 + rotated / 2
}

/**
 * Rows of [q; k; v], with rotary pairs of q and k interleaved.
 * @param rows ((heads + 2·kvHeads) · headSize, width)
 */
function paired(rows: Float32Array, description: ModelDescription, layer: number): Float32Array {
  const { heads, kvHeads, headSize, kinds } = description
  const isShared = kinds[layer] === 'shared attention' // and has queries alone
  const width = rows.length / ((heads + (isShared ? 0 : 2 * kvHeads)) * headSize)
  const result = rows.slice()
  for (let row = 0; row < (heads + (isShared ? 0 : kvHeads)) * headSize; row++) {
    const dim = row % headSize
    const source = row - dim + halfLayoutDim(dim, halvedIn(description, layer))
    result.set(rows.subarray(source * width, (source + 1) * width), row * width)
  }
  return result
}

/** @param weight of a norm: of one head, or of all heads */
function pairedNorm(
  weight: Float32Array,
  description: ModelDescription,
  layer: number,
): Float32Array {
  const halved = halvedIn(description, layer)
  const { headSize, normOffset } = description
  return weight.map((_, place) => {
    const dim = place % headSize
    return at(weight, place - dim + halfLayoutDim(dim, halved)) + normOffset
  })
}

/** Dimensions of a layer's heads that rotate, the first ones. */
export function rotatedIn(
  { attention }: Pick<ModelDescription, 'attention'>,
  layer: number,
): number {
  return 2 * (attention[layer]?.rotary.frequencies.length ?? 0)
}

/** Those whose pairs the checkpoint has in halves. */
function halvedIn(description: ModelDescription, layer: number): number {
  return description.pairs === 'halves' ? rotatedIn(description, layer) : 0
}

/** @param fc1 (width, (heads + 2·kvHeads) · headSize), its columns [q; k; v] */
function pairColumns(
  fc1: Float32Array,
  description: ModelDescription,
  layer: number,
): Float32Array {
  const { heads, kvHeads, headSize } = description
  const columns = (heads + 2 * kvHeads) * headSize
  return fc1.map((_, index) => {
    const column = index % columns
    const head = Math.floor(column / headSize)
    if (head >= heads + kvHeads) return at(fc1, index)
    const dim = column % headSize
    return at(fc1, index - dim + halfLayoutDim(dim, halvedIn(description, layer)))
  })
}
