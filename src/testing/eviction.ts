// select, list_survivors and compact on a small cache, in the order of an eviction.
import type { LayerCache } from '../../reference/model.ts'
import type { Eviction } from '../../reference/select.ts'
import type { CacheStorage } from '../api/settings.ts'
import { compact, compactGrid } from '../kernels/compact.ts'
import { listSurvivors } from '../kernels/list_survivors.ts'
import { select } from '../kernels/select.ts'
import type { TestGpu } from './gpu.ts'

/**
 * The thresholds that `select` finds: (evicting head) of (key, ties to drop).
 * @param noted (1): what it notes
 */
export async function runSelect(
  gpu: TestGpu,
  scores: Float32Array,
  evictions: readonly Eviction[],
  noted = gpu.upload(new Uint32Array(1)),
): Promise<Uint32Array> {
  const thresholds = gpu.upload(new Uint32Array(2 * evictions.length))
  await gpu.run(
    select,
    { KV_HEADS: evictions.length },
    { heads: evictions },
    { scores: gpu.upload(scores), thresholds, noted },
    [evictions.length],
  )
  return gpu.readWords(thresholds)
}

/** The cache after `list_survivors` and `compact`. */
export async function runCompact(
  gpu: TestGpu,
  cache: LayerCache,
  thresholds: Uint32Array,
  evictions: readonly Eviction[],
  storage: CacheStorage,
): Promise<LayerCache> {
  const headSize = cache.keys.length / cache.scores.length
  const keys = gpu.uploadCache(cache.keys, headSize, storage)
  const values = gpu.uploadCache(cache.values, headSize, storage)
  const scores = gpu.upload(cache.scores)
  const origins = gpu.upload(cache.origins)
  const kept = gpu.upload(new Uint32Array(cache.origins.length))
  const KV_HEADS = cache.heads.length
  await gpu.run(
    listSurvivors,
    { KV_HEADS },
    { heads: evictions },
    { thresholds: gpu.upload(thresholds), scores, kept },
    [evictions.length],
  )
  await gpu.run(
    compact[storage],
    { KV_HEADS, HEAD_SIZE: headSize },
    { heads: evictions },
    { kept, keys, values, origins },
    compactGrid(evictions.length, headSize, storage),
  )
  return {
    ...cache,
    keys: await gpu.readCache(keys, headSize, storage),
    values: await gpu.readCache(values, headSize, storage),
    scores: await gpu.readValues(scores),
    origins: await gpu.readWords(origins),
  }
}
