// TOVA (arXiv 2401.06104) keeps what the last token of a chunk attends to, the same for all KV heads of a layer.
import { meanHeads, meanHeadsGrid } from '../kernels/mean_heads.ts'
import { compileAttentionSums, scoreByLastQueries } from './attention_sums.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const tova: OpenPolicy = async (given) => {
  const { compiler, shape } = given
  const [sums, mean] = await Promise.all([
    compileAttentionSums(given),
    compiler.compile(meanHeads, shape),
  ])
  return {
    evicts: true,
    observe: (layer) => scoreByLastQueries(layer, sums, 1),
    evict(layer, evictions) {
      const { recorder, cache } = layer
      const [any] = evictions // all KV heads of a layer have the same budget (settings.ts)
      if (!any) return []
      const { pinned, occupied, head } = any
      recorder.run(
        mean,
        { pinned, occupied, capacity: head.capacity },
        { scores: cache.scores },
        meanHeadsGrid(occupied - pinned),
      )
      return evictions
    },
  }
}
