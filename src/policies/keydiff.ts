// KeyDiff (arXiv 2504.15364): keys unlike the others stay. What the others are changes with every chunk, so kept and new
// keys are scored together at every eviction.
import { rotaryPositions } from '../forward/layer.ts'
import { drop } from './drop.ts'
import type { Policy } from '../forward/policy.ts'

export const keydiff: Policy = {
  evicts: true,
  evict(layer, evictions) {
    const { recorder, kernels, scratch, cache } = layer
    const { positions, own_positions } = rotaryPositions(layer)
    recorder.run(
      kernels.keyDifference,
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
