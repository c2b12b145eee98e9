// What rows hold that is no number.

/** @returns 1 for an infinity, 2 for NaN, 3 for both, 0 where all are numbers */
export function noteBadNumbers(values: Float32Array): number {
  const hasNaN = values.some(Number.isNaN)
  const hasInfinity = values.some((value) => Math.abs(value) === Infinity)
  return (hasInfinity ? 1 : 0) | (hasNaN ? 2 : 0)
}
