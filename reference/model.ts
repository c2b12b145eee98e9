// Types of the reference: a model's weights and one layer's cache, as plain row-major arrays. Unlike the GPU's buffers
// nothing is padded and everything is f32.
import type { LayerAttention, ModelDescription } from '../src/api/description.ts'
import type { Shares } from '../src/model/retaining_heads.ts'
import type { Compressor } from './merge.ts'
import type { HeadNormWeights } from './rms_norm.ts'

/** The dimensions that the cache depends on. */
export type HeadShape = Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'>

/** Weights of norms that act on turned heads, each (headSize), in rotary pairs. */
export interface TurnedNorms {
  readonly query: Float32Array
  readonly key: Float32Array
}

/** The parameters that one layer's attention depends on. */
export type AttentionShape = HeadShape &
  Pick<ModelDescription, 'attentionScale' | 'attentionCap'> &
  LayerAttention & { readonly turnedNorms?: TurnedNorms | undefined }

/** Scores every token of one layer, per KV head (Locret, section 3.3). */
export interface RetainingHead {
  /** (width, (heads + 2·kvHeads) · headSize), columns of q and k in rotary pairs */
  readonly fc1: Float32Array
  /** (width), added to fc1's output; official heads have none */
  readonly bias?: Float32Array | undefined
  /** (kvHeads, width) */
  readonly fc2: Float32Array
}

/** What layers of every kind have. */
export interface CommonWeights {
  /** (hidden) */
  readonly attentionNorm: Float32Array | undefined
  /** (hidden) */
  readonly attentionPostNorm: Float32Array | undefined
  /** (hidden) */
  readonly feedForwardNorm: Float32Array | undefined
  /** (2·feedForward, hidden) = [gate; up] */
  readonly gateUp: Float32Array
  /** (2·feedForward) */
  readonly gateUpBias: Float32Array | undefined
  /** (hidden, feedForward) */
  readonly down: Float32Array
  /** (hidden) */
  readonly downBias: Float32Array | undefined
  /** (hidden) */
  readonly feedForwardPostNorm: Float32Array | undefined
  readonly layerInput: LayerInputWeights | undefined
  /** by which the residual stream is multiplied; 1 in most models */
  readonly scale: number
}

/** What a layer does with its own input. */
export interface LayerInputWeights {
  /** (layerInputWidth, hidden) */
  readonly gate: Float32Array
  /** (hidden, layerInputWidth) */
  readonly output: Float32Array
  /** (hidden) */
  readonly norm: Float32Array
}

export interface ConvolutionWeights extends CommonWeights {
  readonly convolution: {
    /** (3·hidden, hidden) = [input gate; output gate; value] */
    readonly gates: Float32Array
    /** (hidden, taps) */
    readonly weights: Float32Array
    /** (hidden, hidden) */
    readonly output: Float32Array
  }
}

export interface DeltaNetWeights extends CommonWeights {
  readonly deltaNet: {
    /** (q · k · v · output gate · β · decay, hidden) */
    readonly mixed: Float32Array
    /** (q · k · v, taps) */
    readonly convolution: Float32Array
    /** (value heads) */
    readonly rates: Float32Array
    /** (value heads) */
    readonly offsets: Float32Array
    /** (value size) */
    readonly norm: Float32Array
    /** (hidden, value heads · value size) */
    readonly output: Float32Array
  }
}

export type LayerWeights = AttentionWeights | ConvolutionWeights | DeltaNetWeights

export interface AttentionWeights extends CommonWeights {
  /** ((heads + 2·kvHeads) · headSize, hidden) = [q; k; v], rows of q and k in rotary pairs; in shared attention q alone */
  readonly qkv: Float32Array
  /** ((heads + 2·kvHeads) · headSize), in rotary pairs */
  readonly qkvBias: Float32Array | undefined
  /** in rotary pairs */
  readonly headNorms: HeadNormWeights | undefined
  readonly turnedNorms: TurnedNorms | undefined
  /** (heads · headSize, hidden) */
  readonly attentionGate: Float32Array | undefined
  /** (hidden, heads · headSize) */
  readonly attentionOutput: Float32Array
  /** (hidden) */
  readonly attentionOutputBias: Float32Array | undefined
  readonly retaining: RetainingHead | undefined
}

export interface LayerInputsWeights {
  /** (vocabulary, layers · layerInputWidth) */
  readonly table: Float32Array
  /** (layers · layerInputWidth, hidden) */
  readonly projection: Float32Array
  /** (layerInputWidth) */
  readonly norm: Float32Array
}

export interface ReferenceModel {
  readonly description: ModelDescription
  /** (vocabulary, hidden) */
  readonly embedding: Float32Array
  /** of the inputs of all layers */
  readonly layerInputs: LayerInputsWeights | undefined
  readonly layers: readonly LayerWeights[]
  /** (hidden) */
  readonly finalNorm: Float32Array
  /** (vocabulary, hidden); the embedding itself when tied */
  readonly output: Float32Array
  /** (layer), for policies that merge */
  readonly compressors?: readonly Compressor[]
  /** [layer][kvHead]: from the retaining heads' file; allocations may split the budget by it */
  readonly shares?: Shares
}

/** The slots of one KV head; the first are in use. */
export interface HeadCache {
  /** of its slot 0 among all slots of the layer */
  readonly offset: number
  /** slots reserved */
  readonly slots: number
  /** slots in use */
  occupied: number
  /** of these, first … end − 1 are merged slots */
  merged: { readonly first: number; readonly end: number }
}

/** The units that one layer holds. KV heads may differ in their number of slots and lie one after the other. */
export interface LayerCache {
  /** (kvHead) */
  readonly heads: readonly HeadCache[]
  /** (kvHead, slot, headSize), before rotation */
  readonly keys: Float32Array
  /** (kvHead, slot, headSize) */
  readonly values: Float32Array
  /** (kvHead, slot) */
  readonly scores: Float32Array
  /** (kvHead, slot), the token's index in the prompt */
  readonly origins: Uint32Array
  /** (tokens, channels): in a layer with a convolution its inputs of the newest tokens, else none */
  inputs: Float32Array
  /** (value heads, key size, value size): in a layer that is a gated delta net, else none */
  associations: Float32Array
}

/** @param slots of every KV head, or one number for all */
export function emptyCache(shape: HeadShape, slots: number | readonly number[]): LayerCache {
  const heads: HeadCache[] = []
  let all = 0
  for (const own of typeof slots === 'number' ? inEveryHead(shape, slots) : slots) {
    heads.push({ offset: all, slots: own, occupied: 0, merged: { first: 0, end: 0 } })
    all += own
  }
  return {
    heads,
    keys: new Float32Array(all * shape.headSize),
    values: new Float32Array(all * shape.headSize),
    scores: new Float32Array(all),
    origins: new Uint32Array(all),
    inputs: new Float32Array(),
    associations: new Float32Array(),
  }
}

/** (kvHead): the same number for all. */
export function inEveryHead({ kvHeads }: Pick<HeadShape, 'kvHeads'>, value: number): number[] {
  return Array.from({ length: kvHeads }, () => value)
}

/** Throws RangeError where the head does not exist. */
export function headOf({ heads }: LayerCache, kvHead: number): HeadCache {
  const head = heads[kvHead]
  if (head === undefined) throw new RangeError(`KV head ${kvHead} is none of ${heads.length}`)
  return head
}

/** (kvHead) */
export function occupiedOf({ heads }: LayerCache): number[] {
  return heads.map(({ occupied }) => occupied)
}

/** A copy of a cache with other capacities. @param slots (kvHead) */
export function withRoom(
  cache: LayerCache,
  shape: HeadShape,
  slots: readonly number[],
): LayerCache {
  const { headSize } = shape
  const copy = emptyCache(shape, slots)
  copy.inputs = cache.inputs
  copy.associations = cache.associations
  cache.heads.forEach(({ offset: from, occupied }, kvHead) => {
    const head = headOf(copy, kvHead)
    head.occupied = occupied
    const to = head.offset
    const rows = [from * headSize, (from + occupied) * headSize] as const
    copy.keys.set(cache.keys.subarray(...rows), to * headSize)
    copy.values.set(cache.values.subarray(...rows), to * headSize)
    copy.scores.set(cache.scores.subarray(from, from + occupied), to)
    copy.origins.set(cache.origins.subarray(from, from + occupied), to)
  })
  return copy
}
