// KeyDiff (arXiv 2504.15364) keeps keys that differ from the others. The others change with every chunk, so all keys are
// scored again at every eviction.
import { keyDifference } from '../kernels/key_difference.ts'
import { rotaryPositions } from '../forward/layer.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const keydiff: OpenPolicy = async ({ compiler, settings, shape }) => {
  const difference = await compiler.compile(keyDifference[settings.storage.cache], shape)
  return {
    evicts: true,
    evict(layer, evictions) {
      const { recorder, scratch, cache } = layer
      const { positions, own_positions } = rotaryPositions(layer)
      recorder.run(
        difference,
        { own_positions, heads: evictions },
        {
          keys: cache.keys,
          lengths: scratch.slotValues,
          scores: cache.scores,
          positions,
          rope_table: layer.ropeTable,
        },
        [evictions.length],
      )
      return evictions
    },
  }
}
