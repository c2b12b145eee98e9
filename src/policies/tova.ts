// TOVA (arXiv 2401.06104): what the last token of a chunk attends to stays, the same for all heads of a layer.
import { levelHeadsGrid } from '../kernels/level_heads.ts'
import { scoreByLastQueries } from './attention_sums.ts'
import { drop } from './drop.ts'
import type { Policy } from '../forward/policy.ts'

export const tova: Policy = {
  evicts: true,
  observe: (layer) => scoreByLastQueries(layer, 1),
  evict(layer, evictions) {
    const { recorder, kernels, cache } = layer
    const [any] = evictions // the heads' budgets are the same: settings.ts
    if (!any) return
    const { pinned, occupied, head } = any
    recorder.run(
      kernels.levelHeads,
      { pinned, occupied, capacity: head.capacity },
      { scores: cache.scores },
      levelHeadsGrid(occupied - pinned),
    )
    drop(layer, evictions)
  },
}
