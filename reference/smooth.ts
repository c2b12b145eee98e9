// SnapKV (arXiv 2404.14469) clusters what attention picked out: every score becomes the mean of the five around it.
import type { LayerCache } from './model.ts'

const reach = 2

/** Slots `pinned` … end − 1 take part; beside them there is nothing, which counts as zero. */
export function smooth(cache: LayerCache, kvHeads: number, pinned: number, end: number): void {
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    const row = kvHead * cache.slots
    const old = cache.scores.slice(row, row + end)
    for (let slot = pinned; slot < end; slot++) {
      const around = old.subarray(Math.max(pinned, slot - reach), slot + reach + 1)
      cache.scores[row + slot] = around.reduce((sum, score) => sum + score, 0) / (2 * reach + 1)
    }
  }
}
