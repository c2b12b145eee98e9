// Keeps the oldest units, whatever they hold: the opposite of a sliding window.
import type { OpenPolicy } from '../../src/forward/policy.ts'
import { drop } from '../../src/policies/drop.ts'

export const oldest: OpenPolicy = async () => ({
  evicts: true,
  evict(layer, evictions) {
    // `first` oldest slots are spared, so with `first: survivors` no score is read
    const sparing = evictions.map((eviction) => ({
      ...eviction,
      first: eviction.survivors,
      last: 0,
    }))
    drop(layer, sparing)
  },
})
