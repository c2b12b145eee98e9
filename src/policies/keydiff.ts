// KeyDiff (arXiv 2504.15364): keys unlike the others stay. What the others are changes with every chunk, so kept and new
// keys are scored together at every eviction.
import { rotaryPositions } from '../engine/layer.ts'
import { drop } from './drop.ts'
import type { Policy } from './policy.ts'

export const keydiff: Policy = {
  evicts: true,
  evict(layer, eviction) {
    const { recorder, kernels, model, scratch, cache } = layer
    const { positions, stride } = rotaryPositions(layer)
    recorder.run(
      kernels.keyDifference,
      {
        pinned: eviction.pinned,
        occupied: cache.occupied,
        capacity: cache.capacity,
        position_stride: stride,
      },
      {
        keys: cache.keys,
        lengths: scratch.slotValues,
        scores: cache.scores,
        positions,
        turns: layer.turns,
      },
      [model.kvHeads],
    )
    drop(layer, eviction)
  },
}
