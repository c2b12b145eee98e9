// Eviction in every layer. Each KV head chooses for itself, but all keep the same number.
import { compact } from './compact.ts'
import type { State } from './forward.ts'
import { margin } from './margin.ts'
import { protect } from './policies.ts'
import { select, type Eviction } from './select.ts'

/** Shrinks slots `from` … occupied − 1 to `places`, unless they fit already. */
export function evict(
  state: State,
  region: Pick<Eviction, 'from' | 'places'>,
  stabilizers: number,
): void {
  const { occupied, settings, model } = state
  if (settings.policy === 'full' || occupied - region.from <= region.places) return
  const eviction = { ...region, occupied, ...protect(settings.policy, region, stabilizers) }
  for (const cache of state.caches) {
    const thresholds = select(cache.scores, cache.slots, eviction)
    state.margin = Math.min(state.margin, margin(cache, thresholds, eviction))
    compact(cache, model.description.kvHeads, thresholds, eviction)
  }
  state.occupied = region.from + region.places
}
