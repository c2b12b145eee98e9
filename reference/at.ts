// A checked read: an index outside the array is a mistake of the algorithm, never a silent zero.

/** The value at an index. Throws RangeError outside the array. */
export function at(array: ArrayLike<number>, index: number): number {
  const value = array[index]
  if (value === undefined) {
    throw new RangeError(`index ${index} lies outside an array of ${array.length} values`)
  }
  return value
}
