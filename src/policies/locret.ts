// Locret (arXiv 2410.01805). A trained retaining head scores every token once, from its q, k and v before rotation; the
// highest scores stay. The newest tokens are protected, since the text after them is not read yet. They compete in the
// next eviction with the score they have. APB (arXiv 2502.12085) pools the scores of a block before it evicts; here that
// block is the chunk.
import type { CompiledOf } from '../gpu/kernel.ts'
import { pool } from '../kernels/pool.ts'
import { score, scoreGrid } from '../kernels/score.ts'
import type { Layer } from '../forward/layer.ts'
import { project } from '../forward/project.ts'
import { padded } from '../model/matrix.ts'
import type { GpuRetainingHead } from '../model/weights.ts'
import { dropLowest } from './drop.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const locret: OpenPolicy = async ({ compiler, settings, shape }) => {
  const { pool: reach = 0 } = settings.policy
  const [scoring, highest] = await Promise.all([
    compiler.compile(score, shape),
    reach > 0 ? compiler.compile(pool, { ...shape, REACH: reach, HIGHEST: 1 }) : undefined,
  ])
  return {
    evicts: true,
    score(layer) {
      const head = layer.weights.retainingHead
      if (!head) throw new Error('policy locret runs without retaining heads')
      scoreRows(layer, head, scoring)
      if (highest && layer.pass.after === 0) poolChunk(layer, highest)
    },
    evict: dropLowest,
  }
}

/** Scores the new tokens with a retaining head, from their q, k and v before rotation. */
export function scoreRows(
  layer: Layer,
  head: GpuRetainingHead,
  scoring: CompiledOf<typeof score>,
): void {
  const { recorder, scratch, cache, rows } = layer
  const width = head.fc1.outs
  project(layer, 'into', head.fc1, scratch.qkv, scratch.retaining)
  recorder.run(
    scoring,
    { width, row_width: padded(width), heads: rows.heads },
    { hidden: scratch.retaining, bias: head.bias, fc2: head.fc2, scores: cache.scores },
    scoreGrid(rows.count),
  )
}

/** After the last block of a chunk, replaces each of its scores by the maximum of the neighbourhood inside the chunk. */
function poolChunk(
  { recorder, model, cache, pass, rows }: Layer,
  highest: CompiledOf<typeof pool>,
): void {
  const heads = rows.heads.map(({ offset, first_slot }) => ({
    offset,
    first: first_slot - pass.before,
    end: first_slot + rows.count,
  }))
  recorder.run(highest, { heads }, { scores: cache.scores }, [model.kvHeads])
}
