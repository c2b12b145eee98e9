// Random baseline. Sinks and stabilizers are protected as usual, so they cannot explain a difference.
import { scoreRandom, scoreRandomGrid } from '../kernels/score_random.ts'
import { dropLowest } from './drop.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const random: OpenPolicy = async ({ compiler, settings, shape }) => {
  const { seed = 0 } = settings.policy
  const draw = await compiler.compile(scoreRandom, shape)
  return {
    evicts: true,
    score({ recorder, model, cache, index, rows }) {
      recorder.run(
        draw,
        {
          seed,
          layer: index,
          rows: rows.count,
          first_origin: rows.firstOrigin,
          heads: rows.heads,
        },
        { scores: cache.scores },
        scoreRandomGrid(rows.count, model.kvHeads),
      )
    },
    evict: dropLowest,
  }
}
