// Eviction by dropping: of the unprotected slots the highest scores stay, in order; of equal scores the later.
import type { EvictingLayer, Eviction } from './policy.ts'

export function drop(
  { recorder, kernels, scratch, model, cache }: EvictingLayer,
  { pinned, places, first, last }: Eviction,
): void {
  const { thresholds } = scratch
  const { occupied, capacity } = cache
  const heads = [model.kvHeads] as const
  const region = { pinned, occupied, first, last, capacity }
  recorder.run(kernels.select, { ...region, places }, { scores: cache.scores, thresholds }, heads)
  recorder.run(kernels.compact, region, { ...cache, thresholds }, heads)
}
