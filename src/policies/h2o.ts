// H2O (arXiv 2306.14048): heavy hitters, the slots that got most attention from all queries so far, stay. Divided by the
// number of queries that could see them, else the oldest would win.
import { runningMeanGrid } from '../kernels/running_mean.ts'
import { sumAttention } from './attention_sums.ts'
import { drop } from './drop.ts'
import type { Policy } from '../forward/policy.ts'

export const h2o: Policy = {
  evicts: true,
  observe(layer) {
    const { recorder, kernels, model, scratch, cache, rows } = layer
    sumAttention(layer, { firstRow: 0, isFirst: true }, scratch.slotValues)
    const heads = rows.heads.map(({ offset, first_slot }) => ({
      offset,
      occupied: first_slot + rows.count,
    }))
    const most = Math.max(...heads.map(({ occupied }) => occupied))
    recorder.run(
      kernels.runningMean,
      { first_origin: rows.firstOrigin, rows: rows.count, heads },
      { sums: scratch.slotValues, origins: cache.origins, scores: cache.scores },
      runningMeanGrid(most, model.kvHeads),
    )
  },
  evict: drop,
}
