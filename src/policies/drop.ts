// Eviction by dropping: of the unprotected slots the highest scores stay, in order.
import type { EvictingLayer, Eviction, Policy } from './policy.ts'

export function drop(
  policy: Pick<Policy, 'protect'>,
  { recorder, kernels, scratch, model, cache, capacity }: EvictingLayer,
  eviction: Eviction,
): void {
  const { thresholds } = scratch
  const { pinned, occupied, places } = eviction
  const { first, last } = policy.protect(eviction)
  const heads = [model.kvHeads] as const
  const region = { pinned, occupied, first, last, capacity }
  recorder.run(kernels.select, { ...region, places }, { scores: cache.scores, thresholds }, heads)
  recorder.run(kernels.compact, region, { ...cache, thresholds }, heads)
}
