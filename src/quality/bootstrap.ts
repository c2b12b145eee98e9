// Paired bootstrap (Efron 1979): how far a mean, or the difference of two means over the same samples, could have come out
// otherwise. Percentile intervals of 95 %; resampling the samples keeps what two policies owe to the same easy or hard
// one out of their difference.
import { seeded } from '../random.ts'

export interface Interval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

const draws = 2000

/** Throws on an empty list. The same list gives the same interval. */
export function meanInterval(scores: readonly number[]): Interval {
  if (scores.length === 0) throw new Error('an interval needs a sample')
  const random = seeded(scores.length)
  const means = Array.from({ length: draws }, () => {
    let sum = 0
    for (let i = 0; i < scores.length; i++) sum += scores[Math.floor(random() * scores.length)] ?? 0
    return sum / scores.length
  }).sort((a, b) => a - b)
  const at = (quantile: number) => means[Math.round(quantile * (draws - 1))] ?? 0
  return { mean: mean(scores), low: at(0.025), high: at(0.975) }
}

/** Of a − b, sample by sample. Throws unless both have the same samples. */
export function pairedDifference(a: readonly number[], b: readonly number[]): Interval {
  if (a.length !== b.length) {
    throw new Error(`paired samples must be the same: ${a.length} against ${b.length}`)
  }
  return meanInterval(a.map((score, i) => score - (b[i] ?? 0)))
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
