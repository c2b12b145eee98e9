// Eviction by dropping: of the unprotected slots the highest scores stay, in document order. Of equal scores the later
// stay. Scores of all layers are one buffer, so that all layers together take two dispatches; rows then move layer by
// layer.
import { compactGrid } from '../kernels/compact.ts'
import type { HeadEviction } from '../kernels/heads.ts'
import type { Engine } from '../forward/engine.ts'
import type { EvictingLayer, Policy } from '../forward/policy.ts'
import { mostEvicting } from '../kernels/most_evicting.ts'

/** The hook of policies whose scores are there already. */
export const dropLowest: Policy['evict'] = (_layer, evictions) => evictions

/** What is dropped in one layer. */
export interface Dropping {
  readonly layer: EvictingLayer
  /** KV heads that drop */
  readonly heads: readonly HeadEviction[]
}

export function drop(
  { recorder, kernels, scratch, cache, plan }: Engine,
  dropping: readonly Dropping[],
): void {
  const { thresholds, kept, badNumbers } = scratch
  const { scores } = cache
  const all = dropping.flatMap(({ layer, heads }) => {
    const first = layer.cache.scores.offset / 4
    return heads.map((head) => ({ ...head, offset: first + head.offset }))
  })
  const most = mostEvicting(plan.model)
  for (let first = 0; first < all.length; first += most) {
    const heads = all.slice(first, first + most)
    const grid = [heads.length] as const
    recorder.run(kernels.select, { heads }, { scores, thresholds, noted: badNumbers }, grid)
    recorder.run(kernels.listSurvivors, { heads }, { thresholds, scores, kept }, grid)
  }
  for (const { layer, heads } of dropping) if (heads.length > 0) moveRows(layer, heads)
}

/** Compacts KV heads of one layer to the slots that the given thresholds keep. */
export function slide(layer: EvictingLayer, heads: readonly HeadEviction[]): void {
  const { recorder, kernels, scratch, cache, kept } = layer
  const { thresholds } = scratch
  const bound = { thresholds, scores: cache.scores, kept }
  recorder.run(kernels.listSurvivors, { heads }, bound, [heads.length])
  moveRows(layer, heads)
}

/** Moves the rows and origins of the slots that are listed as kept. */
export function moveRows(
  { recorder, kernels, model, settings, cache, kept }: EvictingLayer,
  heads: readonly HeadEviction[],
): void {
  const { keys, values, origins } = cache
  recorder.run(
    kernels.compact,
    { heads },
    { kept, keys, values, origins },
    compactGrid(heads.length, model.headSize, settings.storage.cache),
  )
}
