// Eviction. The CPU knows which slots are in use without reading the GPU, since every KV head keeps exactly `survivors`.
// Protected slots are chosen here, alike for all policies.
import type { HeadCache } from '../forward/cache.ts'
import { drop } from '../policies/drop.ts'
import type { Eviction, EvictingLayer } from '../forward/policy.ts'
import type { Engine } from '../forward/engine.ts'
import { isLocal } from '../plan/local.ts'

/** Slots `pinned` … occupied − 1 of a KV head shrink to `survivors`. Earlier slots stay as they are. */
export interface Shrinking {
  readonly pinned: number
  readonly survivors: number
  /** newest slots to protect */
  readonly stabilizers: number
}

/**
 * Records the eviction in one layer.
 * @param shrinking (kv head); undefined leaves a head as it is, as does a head that fits already
 */
export function evict(
  { cache, policy, recorder, kernels, scratch, plan, merging }: Engine,
  index: number,
  shrinking: readonly (Shrinking | undefined)[],
): void {
  const layer = cache.layers[index]
  const ropeTable = scratch.ropeTables[index]
  if (!layer || !ropeTable || !policy.evicts) return
  const { model, settings } = plan
  const local: Eviction[] = []
  const chosen: Eviction[] = []
  layer.heads.forEach((head, kvHead) => {
    const own = shrinking[kvHead]
    if (!own || head.occupied - own.pinned <= own.survivors) return
    if (isLocal(plan, index, kvHead)) local.push(evictionOf(head, own, 0, own.survivors))
    else {
      const last = Math.min(own.stabilizers, own.survivors)
      // while answering, the document's sinks are pinned with the rest of it
      const first = own.pinned > 0 ? 0 : Math.min(settings.policy.sinks, own.survivors - last)
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
    ropeTable,
  }
  if (local.length > 0) drop(evicting, local)
  if (chosen.length > 0) policy.evict(evicting, chosen)
  for (const { head, pinned, survivors } of [...local, ...chosen])
    head.occupied = pinned + survivors
}

function evictionOf(
  head: HeadCache,
  { pinned, survivors }: Shrinking,
  first: number,
  last: number,
): Eviction {
  const { offset, occupied } = head
  return { head, offset, pinned, occupied, survivors, first, last }
}
