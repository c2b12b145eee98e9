// A filled cache with random scores and a convolution: what the tests of the merging kernels start from.
import { emptyCache, type AttentionShape, type LayerCache } from '../../reference/model.ts'
import type { Compressor } from '../../reference/merge.ts'
import type { Storage } from '../gpu/kernel.ts'
import { filledCache } from './attention.ts'
import { randomValues } from './random.ts'

/** Slots in use hold ascending origins, other ones in every head. */
export function scoredCache(
  shape: AttentionShape,
  slots: number,
  occupied: number,
  storage: Storage,
): LayerCache {
  const cache = { ...emptyCache(shape, slots), ...filledCache(shape, slots, occupied, storage) }
  cache.occupied = occupied
  cache.scores.set(randomValues(cache.scores.length, 5))
  cache.origins.set(cache.origins.map((_, i) => 7 * (i % slots) + Math.floor(i / slots)))
  return cache
}

export function randomConvolution(
  headSize: number,
  merged: number,
  taps: number,
  lambda: number,
): Compressor {
  const scale = 1.5 / Math.sqrt(taps)
  return {
    merged,
    taps,
    weights: randomValues(merged * 2 * headSize * taps, 6).map((value) => scale * value),
    bias: randomValues(merged, 7),
    lambda,
  }
}
