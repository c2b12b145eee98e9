// A policy decides what a fixed buffer keeps: what it must be given, how it scores new tokens, what an eviction spares and
// how it makes room. Policies that need more (attention column statistics, hidden states, merging) name it in `needs` and
// bring their own `evict`; the passes do not change.
import type { LayerCache } from '../cache/cache.ts'
import type { PolicyName } from '../engine/settings.ts'
import type { Layer } from '../engine/layer.ts'

/** What the engine must compute or load for a policy. */
export type Need = 'retaining heads'

/** An eviction to come: slots `pinned` … `occupied` − 1 shrink to `places`. The slots before stay as they are. */
export interface Eviction {
  /** slots before these take no part: while answering, those of the document */
  readonly pinned: number
  readonly occupied: number
  /** slots from `pinned` on that stay */
  readonly places: number
  /** newest slots to spare where the policy spares any */
  readonly stabilizers: number
}

/** Slots that stay whatever their scores: ranges, never sentinel scores. */
export interface Protection {
  /** oldest slots from `pinned` on */
  readonly first: number
  /** newest slots */
  readonly last: number
}

export interface Policy {
  readonly name: PolicyName
  readonly needs: readonly Need[]
  /** false keeps everything: the cache grows instead */
  readonly evicts: boolean
  /** Records the kernels that write the new tokens' scores, after q, k and v of the layer are known. */
  score(layer: Layer): void
  /** Records the kernels that look at the layer's attention once it is done: `scratch.logSums` and column_stats. */
  observe?(layer: Layer): void
  protect(eviction: Eviction): Protection
  /** Records the kernels that make room in one layer. */
  evict(layer: EvictingLayer, eviction: Eviction): void
}

/** One layer of an eviction, with the means to record it. */
export interface EvictingLayer extends Pick<Layer, 'recorder' | 'kernels' | 'scratch' | 'model'> {
  readonly cache: LayerCache
  readonly capacity: number
}
