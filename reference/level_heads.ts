// TOVA (arXiv 2401.06104) chooses for a whole layer: every KV head gets the mean of the layer's scores.
import { at } from './at.ts'
import type { LayerCache } from './model.ts'

/** In slots `pinned` … occupied − 1. */
export function levelHeads({ scores, slots, occupied }: LayerCache, pinned: number): void {
  const kvHeads = scores.length / slots
  for (let slot = pinned; slot < occupied; slot++) {
    let sum = 0
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) sum += at(scores, kvHead * slots + slot)
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) scores[kvHead * slots + slot] = sum / kvHeads
  }
}
