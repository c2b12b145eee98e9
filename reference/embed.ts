// Token ids → rows of the residual stream.

/**
 * @param ids (rows)
 * @param table (vocabulary, hidden)
 * @returns (rows, hidden)
 */
export function embed(
  ids: Uint32Array,
  table: Float32Array,
  hidden: number,
  scale: number,
): Float32Array {
  const residual = new Float32Array(ids.length * hidden)
  ids.forEach((id, row) => {
    residual.set(table.subarray(id * hidden, (id + 1) * hidden), row * hidden)
  })
  return residual.map((value) => scale * value)
}
