// Medians and ranges, which are meaningful for a few timings on a busy machine.

export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly samples: number
}

/** Throws on an empty list. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b)
  const low = sorted[0]
  const high = sorted.at(-1)
  if (low === undefined || high === undefined) throw new Error('a spread needs a sample')
  const middle = (sorted.length - 1) / 2
  const below = sorted[Math.floor(middle)] ?? low
  const above = sorted[Math.ceil(middle)] ?? high
  return { median: (below + above) / 2, low, high, samples: sorted.length }
}

/** Repetitions of a measurement: at least and at most, and within these limits as long as there is time. */
export interface Repetitions {
  readonly least: number
  readonly most: number
  readonly limitMs: number
}

/** @returns every result */
export async function repeat<T>(
  { least, most, limitMs }: Repetitions,
  run: () => Promise<T>,
): Promise<T[]> {
  const started = performance.now()
  const results: T[] = []
  while (
    results.length < least ||
    (results.length < most && performance.now() - started < limitMs)
  ) {
    results.push(await run())
  }
  return results
}
