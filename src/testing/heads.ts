// KV heads with slots of very different numbers: what every kernel that knows of slots is tested with.
import { at } from '../../reference/at.ts'
import type { LayerCache } from '../../reference/model.ts'
import type { HeadRows } from '../kernels/heads.ts'

const more = [0, 313, 51]

/** (kv head): `least` for the first, many more for the others. */
export function unequal(kvHeads: number, least: number): number[] {
  return Array.from({ length: kvHeads }, (_, head) => least + at(more, head % more.length))
}

/** What kernels are told of rows that begin at these slots. @param firstSlots (kv head) */
export function headRowsOf({ heads }: LayerCache, firstSlots: readonly number[]): HeadRows[] {
  return heads.map(({ offset }, head) => ({ offset, first_slot: at(firstSlots, head) }))
}
