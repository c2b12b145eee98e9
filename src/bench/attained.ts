// Work divided by time and ceiling: the part of the device's peak that a step reaches.
import type { Ceilings, StepRecord } from './record.ts'
import type { Work } from './projection_work.ts'
import type { Step, Works } from './roofline.ts'

/** Bytes ÷ (time · bandwidth) and FLOP ÷ (time · rate); null where the ceiling is unknown. */
export interface Attained {
  readonly mbu: number | null
  readonly mfu: number | null
}

export function attained({ flop, bytes }: Work, ms: number, ceilings: Ceilings): Attained {
  const { bytesPerSecond, flopPerSecond } = ceilings
  const seconds = ms / 1000
  return {
    mbu: bytesPerSecond && bytes / (seconds * bytesPerSecond.high),
    mfu: flopPerSecond && flop / (seconds * flopPerSecond.high),
  }
}

/** The slowest first. Throws where a timed step was not counted, or a counted one not timed. */
export function stepRecords(
  times: ReadonlyMap<Step, number>,
  works: Works,
  ceilings: Ceilings,
): StepRecord[] {
  const unmatched = [...times.keys(), ...works.keys()].filter(
    (step) => !times.has(step) || !works.has(step),
  )
  if (unmatched.length > 0) throw new Error(`timed or counted alone: ${unmatched.join(', ')}`)
  const all = [...times.values()].reduce((total, ms) => total + ms, 0)
  return [...works]
    .map(([step, work]) => {
      const ms = times.get(step) ?? 0
      return { step, ms, share: ms / all, ...work, ...attained(work, ms, ceilings) }
    })
    .sort((a, b) => b.ms - a.ms)
}

/** Every value divided by `count`. */
export function perUnit<Name>(totals: ReadonlyMap<Name, number>, count: number): Map<Name, number> {
  return new Map([...totals].map(([name, total]) => [name, total / count]))
}
