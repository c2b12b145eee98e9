// Eviction. The CPU knows which slots are in use without reading the GPU, since every KV head keeps exactly `survivors`.
// Protected slots are chosen here, alike for all policies.
import type { HeadCache, LayerCache } from '../forward/cache.ts'
import { drop, type Dropping } from '../policies/drop.ts'
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

/** How a KV head shrinks; undefined leaves it as it is, as does a shrinking that it fits already. */
export type ShrinkingOf = (layer: number, head: HeadCache, kvHead: number) => Shrinking | undefined

/** Records the eviction in all layers. */
export function evict(engine: Engine, shrinkingOf: ShrinkingOf): void {
  const { cache, policy } = engine
  if (!policy.evicts) return
  const done: Eviction[] = []
  const dropping = cache.layers.flatMap((layer, index): Dropping[] => {
    const { local, chosen } = evictionsIn(engine, index, shrinkingOf)
    if (local.length + chosen.length === 0) return []
    done.push(...local, ...chosen)
    const evicting = evictingLayer(engine, layer, index)
    const lowest = chosen.length > 0 ? policy.evict(evicting, chosen) : []
    return [{ layer: evicting, heads: [...local, ...lowest] }]
  })
  drop(engine, dropping)
  for (const { head, pinned, survivors } of done) head.occupied = pinned + survivors
}

/** Of one layer: those that keep the newest slots whatever the policy, and those that it chooses. */
function evictionsIn(
  { cache, plan }: Engine,
  index: number,
  shrinkingOf: ShrinkingOf,
): Readonly<Record<'local' | 'chosen', readonly Eviction[]>> {
  const local: Eviction[] = []
  const chosen: Eviction[] = []
  cache.layers[index]?.heads.forEach((head, kvHead) => {
    const own = shrinkingOf(index, head, kvHead)
    if (!own || head.occupied - own.pinned <= own.survivors) return
    if (isLocal(plan, index, kvHead)) local.push(evictionOf(head, own, 0, own.survivors))
    else {
      const last = Math.min(own.stabilizers, own.survivors)
      // while answering, the document's sinks are pinned with the rest of it
      const { sinks } = plan.settings.policy
      const first = own.pinned > 0 ? 0 : Math.min(sinks, own.survivors - last)
      chosen.push(evictionOf(head, own, first, last))
    }
  })
  return { local, chosen }
}

function evictingLayer(
  { recorder, kernels, models, scratch, plan, merging, cache }: Engine,
  layer: LayerCache,
  index: number,
): EvictingLayer {
  const [ropeTable, kept] = [scratch.ropeTables[index], scratch.keptOfLayers[index]]
  const [own, model] = [kernels.ofLayers[index], models[index]]
  if (!ropeTable || !kept || !own || !model) throw new Error(`there is no layer ${index}`)
  return {
    recorder,
    kernels: own,
    scratch,
    model,
    settings: plan.settings,
    slotPositions: cache.slotPositions,
    cache: layer,
    index,
    merging,
    ropeTable,
    kept,
  }
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
