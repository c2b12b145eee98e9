// Keeps tokens by lot: the floor that every score must beat. Spares the newest as Locret does, so that stabilizers alone
// explain no difference.
import { scoreRandomGrid } from '../kernels/score_random.ts'
import { drop } from './drop.ts'
import type { Policy } from './policy.ts'

export const random: Policy = {
  name: 'random',
  needs: [],
  evicts: true,
  score({ recorder, kernels, model, settings, cache, capacity, index, rows }) {
    recorder.run(
      kernels.scoreRandom,
      {
        seed: settings.seed,
        layer: index,
        rows: rows.count,
        first_slot: rows.firstSlot,
        first_origin: rows.firstOrigin,
        capacity,
      },
      { scores: cache.scores },
      scoreRandomGrid(rows.count, model.kvHeads),
    )
  },
  protect: ({ stabilizers }) => ({ first: 0, last: stabilizers }),
  evict(layer, eviction) {
    drop(random, layer, eviction)
  },
}
