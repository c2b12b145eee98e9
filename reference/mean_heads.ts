// TOVA (arXiv 2401.06104) decides for a whole layer: every KV head gets the mean of the layer's scores.
import { at } from './at.ts'
import { headOf, type LayerCache } from './model.ts'

/** For slots `pinned` … occupied − 1. All heads keep the same tokens, so their slots are the same. */
export function meanHeads(cache: LayerCache, pinned: number): void {
  const { scores, heads } = cache
  for (let slot = pinned; slot < headOf(cache, 0).occupied; slot++) {
    let sum = 0
    for (const { offset } of heads) sum += at(scores, offset + slot)
    for (const { offset } of heads) scores[offset + slot] = sum / heads.length
  }
}
