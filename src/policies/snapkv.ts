// SnapKV (arXiv 2404.14469), chunk by chunk: the last queries of a chunk say which slots matter, kept ones and new ones
// together, so that the cache does not grow by a budget per chunk. Those queries' own slots stay.
import { scoreByLastQueries } from './attention_sums.ts'
import { drop } from './drop.ts'
import type { Policy } from './policy.ts'

/** Last queries of a chunk that are asked. While answering a chunk is one token. */
const observed = 32

export const snapkv: Policy = {
  evicts: true,
  observe: (layer) => scoreByLastQueries(layer, observed),
  evict(layer, eviction) {
    const { recorder, kernels, model, cache } = layer
    const { pinned, places, first } = eviction
    const last = Math.max(eviction.last, Math.min(observed, places - first))
    const end = Math.max(pinned, cache.occupied - last)
    const region = { first: pinned, end, capacity: cache.capacity }
    recorder.run(kernels.averagePool, region, { scores: cache.scores }, [model.kvHeads])
    drop(layer, { ...eviction, last })
  },
}
