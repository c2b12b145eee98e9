// Eviction by what a window of queries looks at, chunk by chunk: SnapKV and what followed it. The last queries of a chunk
// score all slots, old and new, so that the cache does not grow by a budget per chunk. Scores are pooled over neighbours,
// and the newest slots stay.
import { pool } from '../kernels/pool.ts'
import { compileAttentionSums, scoreByLastQueries } from './attention_sums.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export interface QueryWindow {
  /** last queries of a chunk that score the slots; while answering a chunk is one token */
  readonly queries: number
  /** what is summed over them */
  readonly sum: 'sumOfShares' | 'sumOfSquares'
  /** how a score is pooled with its neighbours, and with how many on either side */
  readonly pooled: { readonly by: 'mean' | 'highest'; readonly reach: number }
  /** newest slots that stay */
  readonly spared: number
}

export function byQueryWindow({ queries, sum, pooled, spared }: QueryWindow): OpenPolicy {
  return async (given) => {
    const { compiler, shape } = given
    const pooling = { ...shape, REACH: pooled.reach, HIGHEST: pooled.by === 'highest' ? 1 : 0 }
    const [sums, around] = await Promise.all([
      compileAttentionSums(given, sum),
      compiler.compile(pool, pooling),
    ])
    return {
      evicts: true,
      observe: (layer) => scoreByLastQueries(layer, sums, queries),
      evict(layer, evictions) {
        const { recorder, cache } = layer
        const sparing = evictions.map((eviction) => {
          const { survivors, first } = eviction
          return { ...eviction, last: Math.max(eviction.last, Math.min(spared, survivors - first)) }
        })
        const heads = sparing.map(({ offset, pinned, occupied, last }) => ({
          offset,
          first: pinned,
          end: Math.max(pinned, occupied - last),
        }))
        recorder.run(around, { heads }, { scores: cache.scores }, [heads.length])
        return sparing
      },
    }
  }
}
