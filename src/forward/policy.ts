// A policy decides what a fixed buffer keeps: how tokens are scored and how an eviction frees slots. reading/evict.ts
// chooses the protected slots, alike for all policies. Every hook may record kernels of its own. `evict` updates scores
// that age, that KV heads have in common or that depend on the whole cache. It also reads units that are to be merged,
// before survivors overwrite them. Scoring hooks are skipped when no later eviction can use their scores.
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import type { HeadCache, LayerCache } from './cache.ts'
import type { Compiler } from './compiler.ts'
import type { shapeOf } from './layer_kernels.ts'
import type { Engine } from './engine.ts'
import type { Merging } from './merging.ts'
import type { Layer, Pass } from './layer.ts'
import type { Stretch } from '../gpu/stretch.ts'
import type { HeadEviction } from '../kernels/heads.ts'

/** A pending eviction in one KV head: slots `pinned` … occupied − 1 shrink to `survivors`. Also the kernels' record. */
export interface Eviction extends HeadEviction {
  /** the head before the eviction */
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
 * Compiles the policy's own kernels and returns its hooks. Throws LongtabError `does-not-fit` when the device has too
 * little workgroup memory.
 */
export type OpenPolicy = (given: PolicyFor) => Promise<Policy>

export interface Policy {
  /** false keeps everything, and the cache grows instead */
  readonly evicts: boolean
  /** Records the kernels that measure the layer's attention after it was computed: `scratch.lse` and column_stats. */
  observe?(layer: Layer): void
  /** Records the kernels that write the new tokens' scores: q, k and v are in the scratch, keys and values in the cache. */
  score?(layer: Layer): void
  /**
   * Records the kernels that score the new tokens once the block has left the last layer. Their hidden states are in
   * `scratch.residual`; `scratch.logits` predicts the first of them. Yields wherever a submit is allowed.
   */
  afterLayers?(engine: Engine, pass: Pass): Iterable<void>
  /**
   * Decides on the eviction in one layer, and records what must come before it: scores that change, units that merge.
   * @param evictions of the KV heads that evict, at least one
   * @returns the evictions that drop the lowest scores, which all layers do together afterwards
   */
  evict(layer: EvictingLayer, evictions: readonly Eviction[]): readonly Eviction[]
}

/** One layer of an eviction, with everything needed to record it. */
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
  /** (kv head, slot): see Scratch */
  readonly kept: Stretch
  /** for policies that merge */
  readonly merging: Merging | undefined
}
