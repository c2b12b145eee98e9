// Eviction by dropping: of the unprotected slots the highest scores stay, in document order. Of equal scores the later
// stay.
import { compactGrid } from '../kernels/compact.ts'
import type { HeadEviction } from '../kernels/heads.ts'
import type { EvictingLayer, Eviction } from '../forward/policy.ts'

export function drop(layer: EvictingLayer, evictions: readonly Eviction[]): void {
  const { recorder, kernels, scratch, cache } = layer
  const { thresholds, badNumbers } = scratch
  const bound = { scores: cache.scores, thresholds, noted: badNumbers }
  recorder.run(kernels.select, { heads: evictions }, bound, [evictions.length])
  slide(layer, evictions)
}

/** Compacts each KV head to the slots that the given thresholds keep. */
export function slide(
  { recorder, kernels, scratch, model, settings, cache }: EvictingLayer,
  heads: readonly HeadEviction[],
): void {
  const { thresholds, kept } = scratch
  const { keys, values, scores, origins } = cache
  recorder.run(kernels.listSurvivors, { heads }, { thresholds, scores, kept }, [heads.length])
  recorder.run(
    kernels.compact,
    { heads },
    { kept, keys, values, scores, origins },
    compactGrid(heads.length, model.headSize, settings.storage.cache),
  )
}
