// Paired bootstrap (Efron 1979): percentile intervals of 95 % for a mean, or for the difference of two means over the
// same samples. Documents are resampled, each with all its questions, since questions share their document. Pairing keeps
// a document's own difficulty out of the difference.
import { seeded } from '../random.ts'

export interface Interval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

const draws = 2000

/**
 * The mean over all samples. Throws where there is none. The same list gives the same interval.
 * @param documents (document, sample)
 */
export function meanInterval(documents: readonly (readonly number[])[]): Interval {
  const samples = documents.flat()
  if (samples.length === 0) throw new Error('an interval needs a sample')
  const sums = documents.map((scores) => scores.reduce((a, b) => a + b, 0))
  const random = seeded(documents.length)
  const means = Array.from({ length: draws }, () => {
    let [sum, count] = [0, 0]
    for (let i = 0; i < documents.length; i++) {
      const drawn = Math.floor(random() * documents.length)
      sum += sums[drawn] ?? 0
      count += documents[drawn]?.length ?? 0
    }
    return sum / count
  }).sort((a, b) => a - b)
  const at = (quantile: number) => means[Math.round(quantile * (draws - 1))] ?? 0
  return { mean: mean(samples), low: at(0.025), high: at(0.975) }
}

/**
 * Interval of a − b, sample by sample. Throws unless both have the same samples.
 * @param a, b (document, sample)
 */
export function pairedDifference(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): Interval {
  const sizes = [a, b].map((documents) => documents.map(({ length }) => length).join(' '))
  if (sizes[0] !== sizes[1]) {
    throw new Error(
      `paired documents must have the same samples: ${sizes[0]} against ${sizes[1]} of them`,
    )
  }
  return meanInterval(a.map((scores, i) => scores.map((score, j) => score - (b[i]?.[j] ?? 0))))
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
