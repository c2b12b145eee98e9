// Locret (arXiv 2410.01805): a trained retaining head scores every token once, from its q, k and v before rotation; the
// highest scores stay. The newest tokens, whose neighbours to come are not read yet, are spared and compete in the next
// eviction with the score they have. APB (arXiv 2502.12085) pools the scores of a block of the document before it evicts; here
// that block is the chunk.
import { scoreGrid } from '../kernels/score.ts'
import type { Layer } from '../forward/layer.ts'
import { project } from '../forward/project.ts'
import { padded } from '../model/matrix.ts'
import { drop } from './drop.ts'
import type { Policy } from '../forward/policy.ts'

export const locret = {
  evicts: true,
  score(layer: Layer) {
    const { recorder, kernels, scratch, weights, settings, cache, pass, rows } = layer
    const head = weights.retainingHead
    if (!head) throw new Error('policy locret runs without retaining heads')
    const width = head.fc1.outs
    project(layer, 'into', head.fc1, scratch.qkv, scratch.retaining)
    recorder.run(
      kernels.score,
      { width, row_width: padded(width), heads: rows.heads },
      { hidden: scratch.retaining, bias: head.bias, fc2: head.fc2, scores: cache.scores },
      scoreGrid(rows.count),
    )
    if (settings.pool > 0 && pass.after === 0) poolChunk(layer)
  },
  evict: drop,
} satisfies Policy

/** Once all of a chunk is scored, each of its tokens takes the highest score of those around it in the chunk. */
function poolChunk({ recorder, kernels, model, cache, pass, rows }: Layer): void {
  const heads = rows.heads.map(({ offset, first_slot }) => ({
    offset,
    first: first_slot - pass.before,
    end: first_slot + rows.count,
  }))
  recorder.run(kernels.maxPool, { heads }, { scores: cache.scores }, [model.kvHeads])
}
