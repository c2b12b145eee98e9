// Eviction in every layer. Which slots exist is known here without asking the GPU: every layer and KV head keeps the same
// number.
import type { Eviction } from '../policies/policy.ts'
import type { Engine } from './engine.ts'

/** Records the eviction of slots `pinned` … occupied − 1 down to `places`, unless they fit already. */
export function evict(engine: Engine, region: Omit<Eviction, 'occupied'>): void {
  const { cache, policy, recorder, kernels, scratch, plan } = engine
  const { occupied, capacity } = cache
  if (!policy.evicts || occupied - region.pinned <= region.places) return
  const eviction = { ...region, occupied }
  for (const layer of cache.layers) {
    policy.evict(
      { recorder, kernels, scratch, model: plan.model, cache: layer, capacity },
      eviction,
    )
  }
  cache.occupied = region.pinned + region.places
}
