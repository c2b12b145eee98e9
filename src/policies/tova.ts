// TOVA (arXiv 2401.06104): what the last token of a chunk attends to stays, the same for all heads of a layer.
import { levelHeadsGrid } from '../kernels/level_heads.ts'
import { scoreByLastQueries } from './attention_sums.ts'
import { drop } from './drop.ts'
import type { Policy } from './policy.ts'

export const tova: Policy = {
  evicts: true,
  observe: (layer) => scoreByLastQueries(layer, 1),
  evict(layer, eviction) {
    const { recorder, kernels, cache } = layer
    const { pinned } = eviction
    const { occupied, capacity, scores } = cache
    const grid = levelHeadsGrid(occupied - pinned)
    recorder.run(kernels.levelHeads, { pinned, occupied, capacity }, { scores }, grid)
    drop(layer, eviction)
  },
}
