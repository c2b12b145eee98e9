/** The largest difference between two lists of numbers; NaN where one of them is NaN or `got` is shorter. */
export function farthest(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let distance = 0
  for (let i = 0; i < expected.length; i++)
    distance = Math.max(distance, Math.abs((got[i] ?? NaN) - (expected[i] ?? NaN)))
  return distance
}
