// select, list_kept and compact on a small cache, the way an eviction runs them.
import type { LayerCache } from '../../reference/model.ts'
import type { Eviction } from '../../reference/select.ts'
import type { CacheStorage } from '../gpu/kernel.ts'
import { compact, compactGrid } from '../kernels/compact.ts'
import { listKept } from '../kernels/list_kept.ts'
import { select } from '../kernels/select.ts'
import type { TestGpu } from './gpu.ts'

/** The thresholds that `select` finds: (kvHead) of (key, ties that go). */
export async function runSelect(
  gpu: TestGpu,
  scores: Float32Array,
  capacity: number,
  { from: pinned, ...eviction }: Eviction,
): Promise<Uint32Array> {
  const kvHeads = scores.length / capacity
  const thresholds = gpu.upload(new Uint32Array(2 * kvHeads))
  await gpu.run(
    select,
    {},
    { pinned, ...eviction, capacity },
    { scores: gpu.upload(scores), thresholds },
    [kvHeads],
  )
  return gpu.readWords(thresholds)
}

/** The cache after `list_kept` and `compact`. */
export async function runCompact(
  gpu: TestGpu,
  cache: LayerCache,
  thresholds: Uint32Array,
  { from: pinned, occupied, places, first, last }: Eviction,
  storage: CacheStorage,
): Promise<LayerCache> {
  const kvHeads = thresholds.length / 2
  const headSize = cache.keys.length / (kvHeads * cache.slots)
  const keys = gpu.uploadCache(cache.keys, headSize, storage)
  const values = gpu.uploadCache(cache.values, headSize, storage)
  const scores = gpu.upload(cache.scores)
  const origins = gpu.upload(cache.origins)
  const kept = gpu.upload(new Uint32Array(cache.origins.length))
  const capacity = cache.slots
  await gpu.run(
    listKept,
    {},
    { pinned, occupied, first, last, capacity },
    { thresholds: gpu.upload(thresholds), scores, kept },
    [kvHeads],
  )
  await gpu.run(
    compact[storage],
    { HEAD_SIZE: headSize },
    { pinned, places, capacity },
    { kept, keys, values, scores, origins },
    compactGrid(kvHeads, headSize, storage),
  )
  return {
    ...cache,
    keys: await gpu.readCache(keys, headSize, storage),
    values: await gpu.readCache(values, headSize, storage),
    scores: await gpu.readValues(scores),
    origins: await gpu.readWords(origins),
  }
}
