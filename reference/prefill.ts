// Reading: chunk by chunk into a cache that is cut back to its budget after each.
// Official: `infer.py` of huangyuxiang03/Locret; paper, section 3.4 and Algorithm 1.
import { budgetsOf } from '../src/engine/allocation.ts'
import { evict } from './evict.ts'
import { forward, type State } from './forward.ts'
import { emptyCache, type ReferenceModel } from './model.ts'
import type { ReadingSettings } from './policies.ts'

/**
 * The newest `stabilizers` slots survive an eviction whatever their scores, except after the last chunk.
 * @param ids (tokens)
 */
export function read(
  model: ReferenceModel,
  ids: Uint32Array,
  settings: ReadingSettings,
): Readonly<State> {
  const { policy, chunk } = settings
  const budgets = budgetsOf(settings, model.layers.length)
  const caches = budgets.map((budget) => {
    const slots =
      policy === 'full' ? ids.length : Math.min(ids.length, budget + settings.burst + chunk)
    return emptyCache(model.description, slots)
  })
  const state: State = {
    model,
    settings,
    caches,
    seen: 0,
    foretelling: undefined,
    margin: Infinity,
  }
  for (let begin = 0; begin < ids.length; begin += chunk) {
    forward(state, ids.subarray(begin, begin + chunk))
    const isLast = begin + chunk >= ids.length
    budgets.forEach((places, layer) => {
      const occupied = caches[layer]?.occupied ?? 0
      if (occupied <= places + settings.burst) return
      evict(state, layer, { from: 0, places }, isLast ? 0 : settings.stabilizers)
    })
  }
  return state
}

/** Prompt indices that each KV head of each layer still holds, ascending: [layer][kvHead]. */
export function retained({ caches, model }: Readonly<State>): number[][][] {
  const kvHeads = Array.from({ length: model.description.kvHeads }, (_, kvHead) => kvHead)
  return caches.map(({ origins, slots, occupied, merged }) =>
    kvHeads.map((kvHead) => [
      ...origins
        .subarray(kvHead * slots, kvHead * slots + occupied)
        .filter((_, slot) => slot < merged.first || slot >= merged.end)
        .toSorted(),
    ]),
  )
}
