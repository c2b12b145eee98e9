// Times work of a GPU by the wall clock alone: so much of it in one submit that any browser's clock can tell.

/** A submit that takes as long can be timed by a clock that ticks in milliseconds. */
const longEnoughMs = 12

/** Growth from one submit to the next at most. Of a submit that took no longer than an idle one, nobody knows how long it was. */
const mostGrowth = { known: 32, unknown: 8 }

export interface Timed {
  /** of one run; NaN where the clock did not advance */
  readonly ms: number
  /** of all submits */
  readonly spentMs: number
}

/**
 * Submits of ever more runs, until one is long enough.
 * @param submit milliseconds of a submit of so many runs
 * @param idleMs of a submit with nothing in it
 * @param most runs of a submit
 */
export async function timeEach(
  submit: (runs: number) => Promise<number>,
  idleMs: number,
  most: number,
): Promise<Timed> {
  const wantedMs = Math.max(longEnoughMs, 2 * idleMs)
  let spentMs = 0
  for (let runs = 1; ;) {
    const ms = await submit(runs)
    spentMs += ms
    const own = ms - idleMs
    const isKnown = own > 1.5 * idleMs
    if ((isKnown && own >= wantedMs / 2) || runs >= most)
      return { ms: own > 0 ? own / runs : NaN, spentMs }
    const growth = isKnown
      ? Math.min(mostGrowth.known, Math.max(2, wantedMs / own))
      : mostGrowth.unknown
    runs = Math.min(most, Math.ceil(runs * growth))
  }
}
