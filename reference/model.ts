// What the reference computes with: a model's weights and one layer's cache, as plain row-major arrays. Unlike the GPU's
// buffers nothing is padded and everything is f32.
import type { LayerAttention, ModelDescription } from '../src/model/description.ts'
import type { Compressor } from './merge.ts'

/** The part of a description that the cache depends on. */
export type HeadShape = Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'>

/** The part of a description that one layer's attention depends on. */
export type AttentionShape = HeadShape &
  Pick<ModelDescription, 'attentionScale' | 'attentionCap'> &
  LayerAttention

/** Scores every token of one layer, per KV head (Locret, section 3.3). */
export interface RetainingHead {
  /** (width, (heads + 2·kvHeads) · headSize), columns of q and k in rotary pairs */
  readonly fc1: Float32Array
  /** (kvHeads, width) */
  readonly fc2: Float32Array
}

export interface LayerWeights {
  /** (hidden) */
  readonly attentionNorm: Float32Array
  /** ((heads + 2·kvHeads) · headSize, hidden) = [q; k; v], rows of q and k in rotary pairs */
  readonly qkv: Float32Array
  /** ((heads + 2·kvHeads) · headSize), in rotary pairs */
  readonly qkvBias: Float32Array | undefined
  /** (headSize) each, in rotary pairs */
  readonly headNorms: { readonly query: Float32Array; readonly key: Float32Array } | undefined
  /** (hidden, heads · headSize) */
  readonly attentionOutput: Float32Array
  /** (hidden) */
  readonly attentionPostNorm: Float32Array | undefined
  /** (hidden) */
  readonly feedForwardNorm: Float32Array
  /** (2·feedForward, hidden) = [gate; up] */
  readonly gateUp: Float32Array
  /** (hidden, feedForward) */
  readonly down: Float32Array
  /** (hidden) */
  readonly feedForwardPostNorm: Float32Array | undefined
  readonly retaining: RetainingHead | undefined
}

export interface ReferenceModel {
  readonly description: ModelDescription
  /** (vocabulary, hidden) */
  readonly embedding: Float32Array
  readonly layers: readonly LayerWeights[]
  /** (hidden) */
  readonly finalNorm: Float32Array
  /** (vocabulary, hidden); the embedding itself when tied */
  readonly output: Float32Array
  /** (layer), for policies that merge */
  readonly compressors?: readonly Compressor[]
}

/** The tokens one layer still holds, in its first slots. */
export interface LayerCache {
  /** slots there is room for, per KV head */
  readonly slots: number
  /** slots in use, the same in every KV head */
  occupied: number
  /** of these, first … end − 1 are merged ones */
  merged: { readonly first: number; readonly end: number }
  /** (kvHead, slot, headSize), before rotation */
  readonly keys: Float32Array
  /** (kvHead, slot, headSize) */
  readonly values: Float32Array
  /** (kvHead, slot) */
  readonly scores: Float32Array
  /** (kvHead, slot), the token's index in the prompt */
  readonly origins: Uint32Array
}

export function emptyCache(shape: HeadShape, slots: number): LayerCache {
  return {
    slots,
    occupied: 0,
    merged: { first: 0, end: 0 },
    keys: new Float32Array(shape.kvHeads * slots * shape.headSize),
    values: new Float32Array(shape.kvHeads * slots * shape.headSize),
    scores: new Float32Array(shape.kvHeads * slots),
    origins: new Uint32Array(shape.kvHeads * slots),
  }
}

/** A copy of a cache with room for `slots`. */
export function withRoom(cache: LayerCache, shape: HeadShape, slots: number): LayerCache {
  const { kvHeads, headSize } = shape
  const { occupied } = cache
  const copy = emptyCache(shape, slots)
  copy.occupied = occupied
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    const from = kvHead * cache.slots
    const to = kvHead * slots
    const rows = [from * headSize, (from + occupied) * headSize] as const
    copy.keys.set(cache.keys.subarray(...rows), to * headSize)
    copy.values.set(cache.values.subarray(...rows), to * headSize)
    copy.scores.set(cache.scores.subarray(from, from + occupied), to)
    copy.origins.set(cache.origins.subarray(from, from + occupied), to)
  }
  return copy
}
