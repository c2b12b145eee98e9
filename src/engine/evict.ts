// Eviction. Which slots exist is known here without asking the GPU: every KV head of a layer keeps the same number. What is
// spared is settled here for all policies alike. A layer whose window is shorter than the budget keeps its newest tokens: it
// cannot see others.
import type { Engine } from './engine.ts'

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
  const isLocal = (model.attention[index]?.window ?? Infinity) < settings.budget
  const last = isLocal ? places : Math.min(stabilizers, places)
  // while answering, the document's sinks are pinned with the rest of it
  const first = pinned > 0 ? 0 : Math.min(settings.sinks, places - last)
  policy.evict(
    {
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
    },
    { pinned, places, first, last },
  )
  layer.occupied = pinned + places
}
