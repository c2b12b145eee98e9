// Rows times a number.

/** @param rows (rows, width), changed in place */
export function scaleRows(rows: Float32Array, scale: number): void {
  rows.forEach((value, i) => (rows[i] = scale * value))
}
