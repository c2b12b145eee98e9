// Knorm (arXiv 2406.11430): keys of small length stay. The length never changes, so one look at a new key is enough.
import { keyNormGrid } from '../kernels/key_norm.ts'
import { drop } from './drop.ts'
import type { Policy } from '../forward/policy.ts'

export const knorm: Policy = {
  evicts: true,
  score({ recorder, kernels, model, cache, rows }) {
    recorder.run(
      kernels.keyNorm,
      { rows: rows.count, heads: rows.heads },
      { keys: cache.keys, scores: cache.scores },
      keyNormGrid(rows.count, model.kvHeads),
    )
  },
  evict: drop,
}
