// Pools scores over neighbouring slots, so that a token that is kept brings its neighbours along.
import type { LayerCache } from './model.ts'

/** Slots `first` … end − 1 take part. */
interface Region {
  readonly first: number
  readonly end: number
}

export const pool = {
  /** SnapKV (arXiv 2404.14469): the mean of `reach` slots on either side and the slot; beside the region there is zero. */
  mean(cache: LayerCache, kvHeads: number, region: Region, reach: number): void {
    const sum = (scores: Float32Array) => scores.reduce((total, score) => total + score, 0)
    poolBy((around) => sum(around) / (2 * reach + 1), cache, kvHeads, region, reach)
  },
  /** APB (arXiv 2502.12085): the highest of them. */
  highest(cache: LayerCache, kvHeads: number, region: Region, reach: number): void {
    poolBy((around) => Math.max(...around), cache, kvHeads, region, reach)
  },
}

function poolBy(
  pooled: (around: Float32Array) => number,
  cache: LayerCache,
  kvHeads: number,
  { first, end }: Region,
  reach: number,
): void {
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    const row = kvHead * cache.slots
    const old = cache.scores.slice(row, row + end)
    for (let slot = first; slot < end; slot++) {
      cache.scores[row + slot] = pooled(
        old.subarray(Math.max(first, slot - reach), slot + reach + 1),
      )
    }
  }
}
