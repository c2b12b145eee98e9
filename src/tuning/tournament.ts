// Which variant of a step is the fastest, by the wall clock. It knows nothing of GPUs.

/** Milliseconds from the sending of that many rounds of a variant's work until the GPU has finished them. */
export type Sample<Variant> = (variant: Variant, rounds: number) => Promise<number>

export interface Timed<Variant> {
  readonly variant: Variant
  /** of one round */
  readonly ms: number
}

export interface Results<Variant> {
  /** at most a twentieth slower than the fastest, if it is the first */
  readonly winner: Variant
  readonly timed: readonly Timed<Variant>[]
  /** there was no time left for them */
  readonly untimed: readonly Variant[]
  readonly spentMs: number
}

/** A sample at least as long is measured well enough by clocks that are made coarse on purpose. */
const sampleMs = 8

const samples = 3

/** Rounds whose parameters fit a single submit (`createRecorder`). */
const mostRounds = 400

/** A variant this much slower than the first in one sample gets no second one. The first run of a kernel takes longer. */
const hopeless = 2

/** A winner other than the first is at least as much faster. */
const advantage = 0.95

/**
 * @param variants the portable one first, which wins where another is hardly faster
 * @param budgetMs of all samples together; the sample that exceeds it is the last
 */
export async function holdTournament<Variant extends object>(
  variants: readonly Variant[],
  sample: Sample<Variant>,
  budgetMs: number,
): Promise<Results<Variant>> {
  let spentMs = 0
  const spend: Sample<Variant> = async (variant, rounds) => {
    const ms = await sample(variant, rounds)
    spentMs += ms
    return ms
  }
  const [first, ...others] = variants
  if (first === undefined) throw new Error('a tournament needs a variant')
  const rounds = await roundsOf(first, spend)
  const portable = { variant: first, ms: (await medianOf(first, rounds, spend, Infinity)) / rounds }
  const timed = [portable]
  const untimed: Variant[] = []
  for (const variant of others) {
    if (spentMs >= budgetMs) {
      untimed.push(variant)
      continue
    }
    const ms = await medianOf(variant, rounds, spend, hopeless * rounds * portable.ms)
    timed.push({ variant, ms: ms / rounds })
  }
  const fastest = timed.reduce((best, one) => (one.ms < best.ms ? one : best))
  const isFaster = fastest.ms < advantage * portable.ms
  return { winner: isFaster ? fastest.variant : first, timed, untimed, spentMs }
}

/** As many as take `sampleMs`. */
async function roundsOf<Variant>(first: Variant, sample: Sample<Variant>): Promise<number> {
  await sample(first, 1)
  let rounds = 1
  for (;;) {
    const ms = await sample(first, rounds)
    if (ms >= sampleMs || rounds === mostRounds) return rounds
    const wanted = ms > 0 ? Math.ceil((1.2 * sampleMs * rounds) / ms) : Infinity
    rounds = Math.min(mostRounds, 16 * rounds, Math.max(wanted, rounds + 1))
  }
}

async function medianOf<Variant>(
  variant: Variant,
  rounds: number,
  sample: Sample<Variant>,
  limitMs: number,
): Promise<number> {
  const found = [await sample(variant, rounds)]
  while (found.length < samples && (found[0] ?? 0) <= limitMs) {
    found.push(await sample(variant, rounds))
  }
  return found.sort((a, b) => a - b)[found.length >> 1] ?? NaN
}
