// Eviction by dropping: of the unprotected slots the highest scores stay, in order; of equal scores the later.
import { compactGrid } from '../kernels/compact.ts'
import type { EvictingLayer, Eviction } from './policy.ts'

export function drop(layer: EvictingLayer, eviction: Eviction): void {
  const { recorder, kernels, scratch, model, cache } = layer
  const { thresholds } = scratch
  const { occupied, capacity } = cache
  const bound = { scores: cache.scores, thresholds }
  recorder.run(kernels.select, { ...eviction, occupied, capacity }, bound, [model.kvHeads])
  slide(layer, eviction)
}

/** The `places` slots that stay by the thresholds at hand slide together. */
export function slide(
  { recorder, kernels, scratch, model, settings, cache }: EvictingLayer,
  { pinned, places, first, last }: Eviction,
): void {
  const { thresholds, kept } = scratch
  const { keys, values, scores, origins, occupied, capacity } = cache
  recorder.run(
    kernels.listKept,
    { pinned, occupied, first, last, capacity },
    { thresholds, scores, kept },
    [model.kvHeads],
  )
  recorder.run(
    kernels.compact,
    { pinned, places, capacity },
    { kept, keys, values, scores, origins },
    compactGrid(model.kvHeads, model.headSize, settings.cache),
  )
}
