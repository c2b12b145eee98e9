// A table with a row for every token, too large for a GPU, that stays in the model's file (Gemma 4's layer inputs). Rows are
// read as tokens come. Those used last are kept in memory, up to a bound.
import type { ModelDescription } from '../api/description.ts'
import type { Checkpoint } from './checkpoint.ts'
import { firstNotFinite, unusableWeight } from './half.ts'
import { layerInputValues } from './layer_input_weights.ts'

/** Bytes of rows in memory at most, beside those of the tokens that are asked for. */
export const mostRowBytes = 128 * 2 ** 20

export interface TokenRows {
  /**
   * Fills `into` (ids, stride) with the rows of the ids; behind a row it stays as it is. Throws LongtabError as reading a
   * file does, `bad-file` also at a value that is no number.
   * @param stride values from one row to the next
   */
  read(
    ids: ArrayLike<number>,
    into: Float32Array<ArrayBuffer>,
    stride: number,
    signal?: AbortSignal,
  ): Promise<void>
  close(): void
}

/** Undefined in models without such a table. @param mostBytes see `mostRowBytes` */
export function openTokenRows(
  model: ModelDescription,
  checkpoint: Pick<Checkpoint, 'rowsAt' | 'close'>,
  mostBytes = mostRowBytes,
): TokenRows | undefined {
  const table = model.tensors.layerInputs?.table
  if (table === undefined) return undefined
  const most = Math.max(1, Math.floor(mostBytes / (4 * layerInputValues(model))))
  /** by id, the ones used last at the end */
  const kept = new Map<number, Float32Array>()
  return {
    async read(ids, into, stride, signal) {
      const rowsOf = new Map<number, number[]>()
      for (let row = 0; row < ids.length; row++) {
        const id = ids[row] ?? 0
        rowsOf.set(id, [...(rowsOf.get(id) ?? []), row])
      }
      const take = (id: number, values: Float32Array): void => {
        for (const row of rowsOf.get(id) ?? []) into.set(values, row * stride)
        kept.delete(id)
        kept.set(id, values)
      }
      const missing = [...rowsOf.keys()].filter((id) => !kept.has(id)).sort((a, b) => a - b)
      for (const [id, values] of [...kept]) if (rowsOf.has(id)) take(id, values)
      for await (const { first, values } of checkpoint.rowsAt(table, missing, signal)) {
        const bad = firstNotFinite(values)
        if (bad >= 0) throw unusableWeight(table, values[bad] ?? NaN)
        take(first, values)
      }
      for (const id of kept.keys()) {
        if (kept.size <= most) break
        kept.delete(id)
      }
    },
    close: () => checkpoint.close(),
  }
}
