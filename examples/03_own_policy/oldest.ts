// Keeps the oldest units, whatever they hold: the opposite of a sliding window.
import type { OpenPolicy } from '../../src/forward/policy.ts'
import { drop } from '../../src/policies/drop.ts'

export const oldest: OpenPolicy = async () => ({
  evicts: true,
  evict(layer, evictions) {
    // `first` oldest slots are spared, so with all places spared no score is asked
    const sparing = evictions.map((eviction) => ({ ...eviction, first: eviction.places, last: 0 }))
    drop(layer, sparing)
  },
})
