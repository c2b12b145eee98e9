// A filled cache with random scores and a convolution: set-up of the tests of the merging kernels.
import type { AttentionShape, LayerCache } from '../../reference/model.ts'
import type { Compressor } from '../../reference/merge.ts'
import type { Storage } from '../gpu/kernel.ts'
import { filledCache } from './attention.ts'
import { randomValues } from './random.ts'

/** Origins of slots in use ascend and differ between heads. */
export function scoredCache(
  shape: AttentionShape,
  slots: readonly number[],
  occupied: readonly number[],
  storage: Storage,
): LayerCache {
  const cache = filledCache(shape, slots, occupied, storage)
  cache.scores.set(randomValues(cache.scores.length, 5))
  cache.heads.forEach(({ offset, slots: own }, head) => {
    for (let slot = 0; slot < own; slot++) cache.origins[offset + slot] = 7 * slot + head
  })
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
