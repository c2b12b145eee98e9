// KeyDiff (arXiv 2504.15364): keys unlike the others stay. What the others are changes with every chunk, so kept and new
// keys are scored together at every eviction.
import { keyDifference } from '../kernels/key_difference.ts'
import { rotaryPositions } from '../forward/layer.ts'
import { drop } from './drop.ts'
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
          turns: layer.turns,
        },
        [evictions.length],
      )
      drop(layer, evictions)
    },
  }
}
