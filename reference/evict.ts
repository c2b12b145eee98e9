// Eviction in one layer. Each KV head chooses for itself, but all keep the same number.
import { budgetsOf } from '../src/engine/allocation.ts'
import { at } from './at.ts'
import { attentionShape } from './attention_shape.ts'
import { compact } from './compact.ts'
import type { State } from './forward.ts'
import { mergedSlots } from '../src/engine/merging_shape.ts'
import { margin } from './margin.ts'
import { compress } from './merge.ts'
import { reconsider } from './policies.ts'
import { select, type Eviction } from './select.ts'

/**
 * Shrinks slots `from` … occupied − 1 of a layer to `places`, unless they fit already. The newest `stabilizers` slots stay
 * whatever their scores, and so do the document's first few, which in an answer are pinned with the rest of it.
 */
export function evict(
  state: State,
  layerIndex: number,
  { from, places }: Pick<Eviction, 'from' | 'places'>,
  stabilizers: number,
): void {
  const { caches, settings, model } = state
  const cache = caches[layerIndex]
  if (!cache || settings.policy === 'full' || cache.occupied - from <= places) return
  // a layer whose window is shorter than its budget cannot see but its newest tokens
  const budget = at(budgetsOf(settings, caches.length), layerIndex)
  const isLocal = (model.description.attention[layerIndex]?.window ?? Infinity) < budget
  const last = isLocal ? places : Math.min(stabilizers, places)
  const first = from > 0 ? 0 : Math.min(settings.sinks, places - last)
  const shape = attentionShape(model.description, layerIndex, settings)
  const region = { from, places, first, last, occupied: cache.occupied }
  const eviction = reconsider(cache, region, shape, settings)
  const compressor = mergedSlots(settings) > 0 ? model.compressors?.[layerIndex] : undefined
  const heavy = places - (compressor?.merged ?? 0)
  const fits = cache.occupied - from <= places + settings.burst + settings.chunk
  const merges = compressor && fits && heavy >= Math.max(1, first + last)
  for (const kept of merges ? [heavy, places] : [places]) {
    const chosen = { ...eviction, places: kept }
    const thresholds = select(cache.scores, cache.slots, chosen)
    state.margin = Math.min(state.margin, margin(cache, thresholds, chosen))
  }
  if (merges) compress(cache, shape, compressor, eviction, settings.positions === 'original')
  else {
    const thresholds = select(cache.scores, cache.slots, eviction)
    compact(cache, model.description.kvHeads, thresholds, eviction)
  }
  cache.occupied = from + places
}
