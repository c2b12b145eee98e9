// Checked reads: an index outside the array is an error in the algorithm, never a silent zero.

/** The value at an index. Throws RangeError outside the array. */
export function at(array: ArrayLike<number>, index: number): number {
  const value = array[index]
  if (value === undefined) {
    throw new RangeError(`index ${index} lies outside an array of ${array.length} values`)
  }
  return value
}

/** Σᵢ a[aStart + i] · b[bStart + i], summed in f64, since f32 sums are compared with it. */
export function dot(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  length: number,
): number {
  let sum = 0
  for (let i = 0; i < length; i++) sum += at(a, aStart + i) * at(b, bStart + i)
  return sum
}
