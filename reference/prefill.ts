// Reading, chunk by chunk, into a cache that is cut back to its budget after each chunk. Official: `infer.py` of
// huangyuxiang03/Locret; paper, section 3.4 and Algorithm 1.
import { budgetsOf } from './budgets.ts'
import { evict } from './evict.ts'
import { forward, type State, type Watch } from './forward.ts'
import { emptyCache, type ReferenceModel } from './model.ts'
import { ofLayer } from './of_layer.ts'
import type { ReadingSettings } from './policies.ts'

/**
 * The newest `stabilizers` slots survive an eviction whatever their scores, except after the last chunk.
 * @param ids (tokens)
 */
export function read(
  model: ReferenceModel,
  ids: Uint32Array,
  settings: ReadingSettings,
  watch?: Watch,
): Readonly<State> {
  const { policy, chunk } = settings
  const budgets = budgetsOf(settings, model.description, model.shares)
  const caches = budgets.map((heads, layer) => {
    const slots = heads.map((budget) =>
      policy.name === 'full' ? ids.length : Math.min(ids.length, budget + settings.burst + chunk),
    )
    return emptyCache(ofLayer(model.description, layer), slots)
  })
  const state: State = {
    model,
    settings,
    caches,
    seen: 0,
    nextLogits: undefined,
    margin: Infinity,
    watch,
  }
  for (let begin = 0; begin < ids.length; begin += chunk) {
    forward(state, ids.subarray(begin, begin + chunk))
    const isLast = begin + chunk >= ids.length
    budgets.forEach((heads, layer) => {
      const shrinking = heads.map((survivors, kvHead) => {
        const occupied = caches[layer]?.heads[kvHead]?.occupied ?? 0
        if (occupied <= survivors + settings.burst) return undefined
        return { pinned: 0, survivors, stabilizers: isLast ? 0 : policy.stabilizers }
      })
      evict(state, layer, shrinking)
    })
  }
  return state
}

/** Prompt indices that each KV head of each layer still holds, ascending: [layer][kvHead]. */
export function retained({ caches }: Readonly<State>): number[][][] {
  return caches.map(({ origins, heads }) =>
    heads.map(({ offset, occupied, merged }) => [
      ...origins
        .subarray(offset, offset + occupied)
        .filter((_, slot) => slot < merged.first || slot >= merged.end)
        .toSorted(),
    ]),
  )
}
