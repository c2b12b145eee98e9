// Knorm (arXiv 2406.11430) keeps keys of small length. A key's length never changes, so it is scored once.
import { keyNorm, keyNormGrid } from '../kernels/key_norm.ts'
import { dropLowest } from './drop.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const knorm: OpenPolicy = async ({ compiler, settings, shape }) => {
  const norms = await compiler.compile(keyNorm[settings.storage.cache], shape)
  return {
    evicts: true,
    score({ recorder, model, cache, rows }) {
      recorder.run(
        norms,
        { rows: rows.count, heads: rows.heads },
        { keys: cache.keys, scores: cache.scores },
        keyNormGrid(rows.count, model.kvHeads),
      )
    },
    evict: dropLowest,
  }
}
