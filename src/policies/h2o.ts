// H2O (arXiv 2306.14048) keeps heavy hitters: slots with the most attention from all queries so far. The sum is divided
// by the number of queries that could see the slot, or the oldest would always win.
import { runningMean, runningMeanGrid } from '../kernels/running_mean.ts'
import { compileAttentionSums, sumAttention } from './attention_sums.ts'
import { dropLowest } from './drop.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const h2o: OpenPolicy = async (given) => {
  const { compiler, shape } = given
  const [sums, mean] = await Promise.all([
    compileAttentionSums(given),
    compiler.compile(runningMean, shape),
  ])
  return {
    evicts: true,
    observe(layer) {
      const { recorder, model, scratch, cache, rows } = layer
      sumAttention(layer, sums, { firstRow: 0, isFirst: true }, scratch.slotValues)
      const heads = rows.heads.map(({ offset, first_slot }) => ({
        offset,
        occupied: first_slot + rows.count,
      }))
      const most = Math.max(...heads.map(({ occupied }) => occupied))
      recorder.run(
        mean,
        { first_origin: rows.firstOrigin, rows: rows.count, heads },
        { sums: scratch.slotValues, origins: cache.origins, scores: cache.scores },
        runningMeanGrid(most, model.kvHeads),
      )
    },
    evict: dropLowest,
  }
}
