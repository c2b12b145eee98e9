// Amount of measurement by effort.
import type { Effort } from './record.ts'
import type { Repetitions } from './statistics.ts'

export interface Amounts {
  /** chunks before the late ones */
  readonly later: number
  /** chunks in each compared window, when the buffer first fills and later */
  readonly window: number
  /** chunks timed step by step */
  readonly profiled: number
  /** of every document and every answer */
  readonly repetitions: Repetitions
  /** answer tokens per run */
  readonly answer: number
}

export const efforts: Readonly<Record<Effort, Amounts>> = {
  full: {
    later: 32,
    window: 8,
    profiled: 3,
    repetitions: { least: 1, most: 5, limitMs: 10_000 },
    answer: 33,
  },
  quick: {
    later: 8,
    window: 3,
    profiled: 1,
    repetitions: { least: 1, most: 3, limitMs: 1500 },
    answer: 9,
  },
}

/** Default document lengths in chunks; the last is long enough for the late window. */
export function usualLengths({ later, window }: Amounts): readonly number[] {
  return [1, 4, later + window]
}
