// The score a token must reach to keep its slot, for every KV head. The GPU finds it by radix select, here by sorting.
import { at } from './at.ts'

/** One eviction, the same for every KV head of a layer. */
export interface Eviction {
  /** slots below it are pinned and not counted */
  readonly from: number
  /** slots holding a token */
  readonly occupied: number
  /** slots from `from` on that may stay; fewer than occupied − from */
  readonly places: number
  /** oldest slots, from `from` on, that always stay */
  readonly first: number
  /** newest slots that always stay; first + last ≤ places */
  readonly last: number
}

/**
 * Of the slots that are neither pinned nor protected, those above the threshold stay. Of those equal to it the later
 * stay: the first few go.
 * @param scores (kvHead, slot)
 * @returns (kvHead, 2): the threshold as a sortable key, and how many equal slots go
 */
export function select(scores: Float32Array, slots: number, eviction: Eviction): Uint32Array {
  const kvHeads = scores.length / slots
  const begin = eviction.from + eviction.first
  const end = eviction.occupied - eviction.last
  const wanted = eviction.places - eviction.first - eviction.last
  const thresholds = new Uint32Array(2 * kvHeads)
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    const row = kvHead * slots
    const keys = Uint32Array.from(scores.subarray(row + begin, row + end), sortable)
    const descending = keys.toSorted().toReversed()
    // where no place is left, a key that no score has
    const threshold = wanted === 0 ? 0xffffffff : at(descending, wanted - 1)
    const atLeast = keys.filter((key) => key >= threshold).length
    thresholds[2 * kvHead] = threshold
    thresholds[2 * kvHead + 1] = atLeast - wanted
  }
  return thresholds
}

/** An integer that orders as the score does: −0 as +0, NaN below everything. */
export function sortable(score: number): number {
  if (Number.isNaN(score)) return 0
  const bits = at(new Uint32Array(Float32Array.of(score + 0).buffer), 0)
  return bits >= 0x80000000 ? ~bits >>> 0 : (bits | 0x80000000) >>> 0
}
