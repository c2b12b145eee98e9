// Locret (arXiv 2410.01805): a trained retaining head scores every token once, from its q, k and v before rotation; the
// highest scores stay. The newest tokens, whose neighbours to come are not read yet, are spared and compete in the next
// eviction with the score they have.
import { scoreGrid } from '../kernels/score.ts'
import type { Layer } from '../engine/layer.ts'
import { project } from '../engine/project.ts'
import { padded } from '../model/matrix.ts'
import { drop } from './drop.ts'
import type { Policy } from './policy.ts'

export const locret = {
  evicts: true,
  score(layer: Layer) {
    const { recorder, kernels, scratch, weights, cache, rows } = layer
    const head = weights.retainingHead
    if (!head) throw new Error('policy locret runs without retaining heads')
    const width = head.fc1.outs
    project(layer, 'into', head.fc1, scratch.qkv, scratch.retaining)
    recorder.run(
      kernels.score,
      { width, row_width: padded(width), first_slot: rows.firstSlot, capacity: cache.capacity },
      { hidden: scratch.retaining, fc2: head.fc2, scores: cache.scores },
      scoreGrid(rows.count),
    )
  },
  evict: drop,
} satisfies Policy
