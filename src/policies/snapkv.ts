// SnapKV (arXiv 2404.14469), chunk by chunk. The last queries of a chunk score all slots, old and new, so that the cache
// does not grow by a budget per chunk. The slots of those queries stay.
import { pool } from '../kernels/pool.ts'
import { compileAttentionSums, scoreByLastQueries } from './attention_sums.ts'
import type { OpenPolicy } from '../forward/policy.ts'

/** Last queries of a chunk that score the slots. While answering a chunk is one token. */
const observed = 32

/** Neighbours on either side in the mean over scores: the official kernel size of five. */
const reach = 2

export const snapkv: OpenPolicy = async (given) => {
  const { compiler, shape } = given
  const [sums, average] = await Promise.all([
    compileAttentionSums(given),
    compiler.compile(pool, { ...shape, REACH: reach, HIGHEST: 0 }),
  ])
  return {
    evicts: true,
    observe: (layer) => scoreByLastQueries(layer, sums, observed),
    evict(layer, evictions) {
      const { recorder, cache } = layer
      const sparing = evictions.map((eviction) => {
        const { survivors, first } = eviction
        return { ...eviction, last: Math.max(eviction.last, Math.min(observed, survivors - first)) }
      })
      const heads = sparing.map(({ offset, pinned, occupied, last }) => ({
        offset,
        first: pinned,
        end: Math.max(pinned, occupied - last),
      }))
      recorder.run(average, { heads }, { scores: cache.scores }, [heads.length])
      return sparing
    },
  }
}
