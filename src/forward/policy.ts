// A policy decides what a fixed buffer keeps: how tokens are scored and how an eviction makes room. Which slots an eviction
// spares is settled before (reading/evict.ts), alike for all policies. Every hook may record kernels of its own: a score
// that ages, is shared between heads or needs the whole cache is brought up to date in `evict`, and what is to be merged or
// stored elsewhere is taken there, before the survivors slide over it. The hooks that score are left out where no eviction
// can come that goes by their scores.
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import type { HeadCache, LayerCache } from './cache.ts'
import type { Compiler } from './compiler.ts'
import type { shapeOf } from './kernel_set.ts'
import type { Engine } from './engine.ts'
import type { Merging } from './merging.ts'
import type { Layer, Pass } from './layer.ts'
import type { HeadEviction } from '../kernels/heads.ts'

/** An eviction to come in one KV head: slots `pinned` … occupied − 1 shrink to `survivors`. As kernels are told of it. */
export interface Eviction extends HeadEviction {
  /** still as it was before */
  readonly head: HeadCache
  /** slots before these take no part: while answering, those of the document */
  readonly pinned: number
  /** slots from `pinned` on that stay */
  readonly survivors: number
  /** oldest slots from `pinned` on that stay whatever their scores */
  readonly first: number
  /** newest slots that stay whatever their scores; first + last ≤ survivors */
  readonly last: number
}

/** What a policy's kernels are compiled for. */
export interface PolicyFor {
  readonly compiler: Compiler
  readonly model: ModelDescription
  readonly settings: Settings
  /** HEADS, KV_HEADS and HEAD_SIZE of the model */
  readonly shape: ReturnType<typeof shapeOf>
}

/**
 * Compiles the kernels that the policy alone uses and gives its hooks, which hold them. Throws LongtabError `does-not-fit`
 * when the device has too little workgroup memory.
 */
export type OpenPolicy = (given: PolicyFor) => Promise<Policy>

export interface Policy {
  /** false keeps everything: the cache grows instead */
  readonly evicts: boolean
  /** Records the kernels that write the new tokens' scores, after q, k and v of the layer are known. */
  score?(layer: Layer): void
  /** Records the kernels that look at the layer's attention once it is done: `scratch.lse` and column_stats. */
  observe?(layer: Layer): void
  /**
   * Records the kernels that score the new tokens once the block has left the last layer: their hidden states are in
   * `scratch.residual`, and `scratch.logits` foretells the first of them. Yields wherever a submit may come.
   */
  afterLayers?(engine: Engine, pass: Pass): Iterable<void>
  /** Records the kernels that make room in one layer. @param evictions of the KV heads that evict, at least one */
  evict(layer: EvictingLayer, evictions: readonly Eviction[]): void
}

/** One layer of an eviction, with the means to record it. */
export interface EvictingLayer extends Pick<
  Layer,
  | 'index'
  | 'recorder'
  | 'kernels'
  | 'scratch'
  | 'model'
  | 'settings'
  | 'slotPositions'
  | 'ropeTable'
> {
  readonly cache: LayerCache
  /** for policies that merge */
  readonly merging: Merging | undefined
}
