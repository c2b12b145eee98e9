// A tensor of queries and output gates: behind the rows of each query head stand those of its gate (Qwen 3.5). They go to two
// matrices.
import type { RowSink } from './matrix.ts'

/** Where a row of the tensor goes among those of all query heads; undefined where it is a gate's. */
export function queryRow(row: number, headSize: number): number | undefined {
  const [head, dim] = [Math.floor(row / (2 * headSize)), row % (2 * headSize)]
  return dim < headSize ? head * headSize + dim : undefined
}

/** The same among the rows of all gates; undefined where it is a query's. */
export function gateRow(row: number, headSize: number): number | undefined {
  return row < headSize ? undefined : queryRow(row - headSize, headSize)
}

/** Gives every row to both, in the same storage. */
export function bothSinks(one: RowSink, other: RowSink): RowSink {
  const take: RowSink['take'] = (slice) => {
    one.take(slice)
    other.take(slice)
  }
  if (!one.packed || !other.packed) return { take }
  const [first, second] = [one.packed, other.packed]
  return {
    take,
    packed: {
      storage: first.storage,
      take(rows) {
        first.take(rows)
        second.take(rows)
      },
    },
  }
}
