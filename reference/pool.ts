// Pools scores over neighbouring slots, so that a kept token keeps its neighbours.
import type { LayerCache } from './model.ts'

/** Slots `first` … end − 1 of a KV head take part. */
interface Region {
  /** of the head's slot 0 among all slots of the layer */
  readonly offset: number
  readonly first: number
  readonly end: number
}

export const pool = {
  /**
   * SnapKV (arXiv 2404.14469): the mean over the slot and `reach` slots on either side; outside the region counts as
   * zero.
   */
  mean(cache: LayerCache, regions: readonly Region[], reach: number): void {
    const sum = (scores: Float32Array) => scores.reduce((total, score) => total + score, 0)
    poolBy((around) => sum(around) / (2 * reach + 1), cache, regions, reach)
  },
  /** APB (arXiv 2502.12085): their maximum. */
  highest(cache: LayerCache, regions: readonly Region[], reach: number): void {
    poolBy((around) => Math.max(...around), cache, regions, reach)
  },
}

function poolBy(
  pooled: (around: Float32Array) => number,
  cache: LayerCache,
  regions: readonly Region[],
  reach: number,
): void {
  for (const { offset, first, end } of regions) {
    const old = cache.scores.slice(offset, offset + end)
    for (let slot = first; slot < end; slot++) {
      cache.scores[offset + slot] = pooled(
        old.subarray(Math.max(first, slot - reach), slot + reach + 1),
      )
    }
  }
}
