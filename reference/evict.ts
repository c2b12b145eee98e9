// Eviction in one layer. Each KV head chooses by itself and keeps its own budget.
import { budgetsOf, mergedSlots } from './budgets.ts'

import { attentionShape } from './attention_shape.ts'
import { compact } from './compact.ts'
import type { State } from './forward.ts'
import { keySteps, mergeSets } from './kv_merger.ts'
import { margin } from './margin.ts'
import { compress } from './merge.ts'
import { headOf, type HeadCache, type LayerCache } from './model.ts'
import { reconsider } from './policies.ts'
import { select, type Eviction } from './select.ts'

/** Slots `pinned` … occupied − 1 of a KV head shrink to `survivors`. */
export interface Shrinking extends Pick<Eviction, 'pinned' | 'survivors'> {
  /** newest slots that stay whatever their scores */
  readonly stabilizers: number
}

/**
 * Shrinks the KV heads of a layer that exceed `survivors`. The document's sinks stay whatever their scores; in an answer
 * they are pinned with the rest of the document.
 * @param shrinking (kvHead); undefined for a head that stays as it is
 */
export function evict(
  state: State,
  layerIndex: number,
  shrinking: readonly (Shrinking | undefined)[],
): void {
  const { caches, settings, model } = state
  const cache = caches[layerIndex]
  if (!cache || cache.heads.length === 0 || settings.policy.name === 'full') return
  const budgets = budgetsOf(settings, model.description, model.shares)[layerIndex] ?? []
  const window = model.description.attention[layerIndex]?.window ?? Infinity
  const local: Eviction[] = []
  const chosen: Eviction[] = []
  shrinking.forEach((own, kvHead) => {
    const head = headOf(cache, kvHead)
    if (!own || head.occupied - own.pinned <= own.survivors) return
    // with a window shorter than the budget, only the newest tokens are visible
    if (window < (budgets[kvHead] ?? 0)) local.push(evictionOf(head, own, 0, own.survivors))
    else {
      const last = Math.min(own.stabilizers, own.survivors)
      const first = own.pinned > 0 ? 0 : Math.min(settings.policy.sinks, own.survivors - last)
      chosen.push(evictionOf(head, own, first, last))
    }
  })
  drop(state, cache, local)
  choose(state, layerIndex, cache, chosen)
  shrinking.forEach((own, kvHead) => {
    const head = headOf(cache, kvHead)
    if (own) head.occupied = Math.min(head.occupied, own.pinned + own.survivors)
  })
}

function evictionOf(
  { offset, occupied }: HeadCache,
  { pinned, survivors }: Shrinking,
  first: number,
  last: number,
): Eviction {
  return { offset, pinned, occupied, survivors, first, last }
}

function drop(state: State, cache: LayerCache, evictions: readonly Eviction[]): void {
  const thresholds = select(cache.scores, evictions)
  state.margin = Math.min(state.margin, margin(cache, thresholds, evictions))
  compact(cache, thresholds, evictions)
}

/** As many sets of neighbours as survive. Scores stay where they are: the next chunk writes all anew. */
function mergeNeighbours(state: State, cache: LayerCache, evictions: readonly Eviction[]): void {
  const steps = keySteps(cache, evictions)
  const stepped = { ...cache, scores: steps }
  const thresholds = select(steps, evictions)
  const lead = mergeSets(cache, evictions, steps, thresholds)
  state.margin = Math.min(state.margin, lead, margin(stepped, thresholds, evictions))
  compact(stepped, thresholds, evictions)
}

/** By policy: heads with enough survivors merge, the others drop. */
function choose(
  state: State,
  layerIndex: number,
  cache: LayerCache,
  evictions: readonly Eviction[],
): void {
  const { settings, model } = state
  if (settings.policy.name === 'kvmerger') {
    mergeNeighbours(state, cache, evictions)
    return
  }
  const shape = attentionShape(model, layerIndex, settings)
  const compressor = mergedSlots(settings) > 0 ? model.compressors?.[layerIndex] : undefined
  const merged = compressor?.merged ?? 0
  const merges = ({ pinned, occupied, survivors, first, last }: Eviction) =>
    compressor !== undefined &&
    occupied - pinned <= survivors + settings.burst + settings.chunk &&
    survivors - merged >= Math.max(1, first + last)
  const sparing = reconsider(cache, evictions, shape, layerIndex, settings)
  drop(
    state,
    cache,
    sparing.filter((eviction) => !merges(eviction)),
  )
  const merging = sparing.filter(merges)
  if (!compressor || merging.length === 0) return
  const heavy = merging.map((eviction) => ({ ...eviction, survivors: eviction.survivors - merged }))
  for (const kept of [heavy, merging]) {
    const thresholds = select(cache.scores, kept)
    state.margin = Math.min(state.margin, margin(cache, thresholds, kept))
  }
  compress(cache, shape, compressor, merging, settings.positions === 'original')
}
