// The lowest score that stays, for every KV head. The GPU finds it by radix select, this file by sorting.
import { at } from './at.ts'

/** The eviction of one KV head. */
export interface Eviction {
  /** of the head's slot 0 among all slots of the layer */
  readonly offset: number
  /** slots below it stay as they are and are not counted */
  readonly pinned: number
  /** slots holding a token */
  readonly occupied: number
  /** slots from `pinned` on that stay; fewer than occupied − pinned */
  readonly survivors: number
  /** oldest slots, from `pinned` on, that always stay */
  readonly first: number
  /** newest slots that always stay; first + last ≤ survivors */
  readonly last: number
}

/**
 * Of the slots that are neither pinned nor protected, those above the threshold stay. Of those equal to it the later stay
 * and the first few are dropped.
 * @param scores (kvHead, slot)
 * @returns (evicting head, 2): the threshold as a sortable key, and the number of equal slots to drop
 */
export function select(scores: Float32Array, evictions: readonly Eviction[]): Uint32Array {
  const thresholds = new Uint32Array(2 * evictions.length)
  evictions.forEach(({ offset, pinned, occupied, survivors, first, last }, i) => {
    const competing = scores.subarray(offset + pinned + first, offset + occupied - last)
    const wanted = survivors - first - last
    const keys = Uint32Array.from(competing, sortable)
    const descending = keys.toSorted().toReversed()
    // without survivors left to choose, a key above every score
    const threshold = wanted === 0 ? 0xffffffff : at(descending, wanted - 1)
    const atLeast = keys.filter((key) => key >= threshold).length
    thresholds[2 * i] = threshold
    thresholds[2 * i + 1] = atLeast - wanted
  })
  return thresholds
}

/** An integer in the order of scores: −0 equals +0, NaN is lowest. */
export function sortable(score: number): number {
  if (Number.isNaN(score)) return 0
  const bits = at(new Uint32Array(Float32Array.of(score + 0).buffer), 0)
  return bits >= 0x80000000 ? ~bits >>> 0 : (bits | 0x80000000) >>> 0
}
