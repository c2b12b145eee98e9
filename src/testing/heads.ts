// KV heads with very different numbers of slots, for the tests of all kernels that depend on slots.
import { at } from '../../reference/at.ts'
import type { LayerCache } from '../../reference/model.ts'
import type { HeadRows } from '../kernels/heads.ts'

const more = [0, 313, 51]

/** (kv head): `least` for the first, many more for the others. */
export function unequal(kvHeads: number, least: number): number[] {
  return Array.from({ length: kvHeads }, (_, head) => least + at(more, head % more.length))
}

/** The kernels' records for rows that begin at these slots. @param firstSlots (kv head) */
export function headRowsOf({ heads }: LayerCache, firstSlots: readonly number[]): HeadRows[] {
  return heads.map(({ offset }, head) => ({ offset, first_slot: at(firstSlots, head) }))
}
