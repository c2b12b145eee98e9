// Keeps the oldest units, whatever they hold: the opposite of a sliding window.
import type { OpenPolicy } from '../../src/forward/policy.ts'

export const oldest: OpenPolicy = async () => ({
  evicts: true,
  // `first` oldest slots are spared, so with `first: survivors` no score is read
  evict: (_layer, evictions) =>
    evictions.map((eviction) => ({ ...eviction, first: eviction.survivors, last: 0 })),
})
