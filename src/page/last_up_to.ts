// Finds where an offset lies among ascending starts.

/** Index of the last start that is at most the value; 0 where none is. @param starts ascending */
export function lastUpTo(starts: ArrayLike<number>, value: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}
