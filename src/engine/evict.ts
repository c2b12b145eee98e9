// Eviction. Which slots exist is known here without asking the GPU: every KV head of a layer keeps the same number. What is
// spared is settled here for all policies alike.
import { drop } from '../policies/drop.ts'
import type { EvictingLayer } from '../policies/policy.ts'
import type { Engine } from './engine.ts'
import { isLocal } from './plan.ts'

/** Slots `pinned` … occupied − 1 of a layer shrink to `places`. The slots before stay as they are. */
export interface Shrinking {
  readonly pinned: number
  readonly places: number
  /** newest slots to spare */
  readonly stabilizers: number
}

/** Records the eviction in one layer, unless everything fits already. */
export function evict(
  { cache, policy, recorder, kernels, scratch, plan, merging }: Engine,
  index: number,
  { pinned, places, stabilizers }: Shrinking,
): void {
  const layer = cache.layers[index]
  const turns = scratch.turns[index]
  if (!layer || !turns || !policy.evicts || layer.occupied - pinned <= places) return
  const { model, settings } = plan
  const evicting: EvictingLayer = {
    recorder,
    kernels,
    scratch,
    model,
    settings,
    slotPositions: cache.slotPositions,
    cache: layer,
    index,
    merging,
    turns,
  }
  if (isLocal(plan, index)) drop(evicting, { pinned, places, first: 0, last: places })
  else {
    const last = Math.min(stabilizers, places)
    // while answering, the document's sinks are pinned with the rest of it
    const first = pinned > 0 ? 0 : Math.min(settings.sinks, places - last)
    policy.evict(evicting, { pinned, places, first, last })
  }
  layer.occupied = pinned + places
}
