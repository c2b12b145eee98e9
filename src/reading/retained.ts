// Reads back which document tokens the cache holds, on request.
import { readBuffer } from '../gpu/readback.ts'
import type { Engine } from '../forward/engine.ts'

/** [layer][KV head] → ascending prompt indices, without merged slots */
export async function readRetained({ gpu, cache }: Engine): Promise<Uint32Array[][]> {
  return Promise.all(
    cache.layers.map(async ({ origins, heads }) => {
      const all = new Uint32Array(await readBuffer(gpu.device, origins)) // (kv head, slot)
      return heads.map(({ offset, occupied, merged }) =>
        all
          .slice(offset, offset + occupied)
          .filter((_, slot) => slot < merged.first || slot >= merged.end)
          .sort(),
      )
    }),
  )
}

/**
 * For each token of the document the share 0…1 of (layer, KV head) pairs that hold it.
 * @param prefix prompt tokens before the document
 */
export function retainedShares(
  retained: readonly (readonly Uint32Array[])[],
  prefix: number,
  tokens: number,
): Float32Array {
  const shares = new Float32Array(tokens)
  const heads = retained.flat()
  for (const indices of heads) {
    for (const index of indices) {
      const token = index - prefix
      if (token >= 0 && token < tokens) shares[token] = (shares[token] ?? 0) + 1 / heads.length
    }
  }
  return shares
}
