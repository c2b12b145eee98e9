// Eviction. Which slots exist is known here without asking the GPU: every KV head keeps as many as it is told. What is spared
// is settled here for all policies alike.
import type { HeadCache } from '../forward/cache.ts'
import { drop } from '../policies/drop.ts'
import type { Eviction, EvictingLayer } from '../forward/policy.ts'
import type { Engine } from '../forward/engine.ts'
import { isLocal } from '../plan/plan.ts'

/** Slots `pinned` … occupied − 1 of a KV head shrink to `places`. The slots before stay as they are. */
export interface Shrinking {
  readonly pinned: number
  readonly places: number
  /** newest slots to spare */
  readonly stabilizers: number
}

/**
 * Records the eviction in one layer.
 * @param shrinking (kv head); heads without one, and those where everything fits already, stay as they are
 */
export function evict(
  { cache, policy, recorder, kernels, scratch, plan, merging }: Engine,
  index: number,
  shrinking: readonly (Shrinking | undefined)[],
): void {
  const layer = cache.layers[index]
  const turns = scratch.turns[index]
  if (!layer || !turns || !policy.evicts) return
  const { model, settings } = plan
  const local: Eviction[] = []
  const chosen: Eviction[] = []
  layer.heads.forEach((head, kvHead) => {
    const own = shrinking[kvHead]
    if (!own || head.occupied - own.pinned <= own.places) return
    if (isLocal(plan, index, kvHead)) local.push(evictionOf(head, own, 0, own.places))
    else {
      const last = Math.min(own.stabilizers, own.places)
      // while answering, the document's sinks are pinned with the rest of it
      const first = own.pinned > 0 ? 0 : Math.min(settings.policy.sinks, own.places - last)
      chosen.push(evictionOf(head, own, first, last))
    }
  })
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
  if (local.length > 0) drop(evicting, local)
  if (chosen.length > 0) policy.evict(evicting, chosen)
  for (const { head, pinned, places } of [...local, ...chosen]) head.occupied = pinned + places
}

function evictionOf(
  head: HeadCache,
  { pinned, places }: Shrinking,
  first: number,
  last: number,
): Eviction {
  const { offset, occupied } = head
  return { head, offset, pinned, occupied, places, first, last }
}
