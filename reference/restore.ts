// Units from outside the cache into its first slots.
import { kept } from './cache_rows.ts'
import type { LayerCache } from './model.ts'

/**
 * Unit r of every KV head goes to its slot r.
 * @param keys (kvHead) of (unit, headSize), as they were before they were coded
 * @param values (kvHead) of (unit, headSize)
 * @param storage codes that they went through
 */
export function restore(
  cache: LayerCache,
  keys: readonly Float32Array[],
  values: readonly Float32Array[],
  storage: 'int8' | 'int4',
): void {
  const headSize = cache.keys.length / cache.origins.length
  const put = (rows: readonly Float32Array[], into: Float32Array) =>
    cache.heads.forEach(({ offset }, kvHead) => {
      const own = rows[kvHead]
      if (!own) throw new RangeError(`there are no units for KV head ${kvHead}`)
      into.set(kept(own, headSize, storage), offset * headSize)
    })
  put(keys, cache.keys)
  put(values, cache.values)
}
