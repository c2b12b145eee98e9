// Logits → the next token's id, drawn by temperature, top-k and top-p.
import { at } from './at.ts'
import { softmax } from './attend.ts'

export interface Sampling {
  /** above 0 */
  readonly temperature: number
  /** the vocabulary's size for no limit */
  readonly topK: number
  /** 1 for no limit */
  readonly topP: number
}

/**
 * The id at which the cumulative probability of the remaining ids, ascending, passes `draw`.
 * @param draw in [0, 1)
 */
export function sampleToken(logits: Float32Array, sampling: Sampling, draw: number): number {
  const probabilities = survivingProbabilities(logits, sampling)
  const target = draw * sum(probabilities)
  let reached = 0
  let chosen = 0
  for (let id = 0; id < logits.length; id++) {
    if (at(probabilities, id) === 0) continue
    chosen = id
    reached += at(probabilities, id)
    if (reached > target) break
  }
  return chosen
}

/**
 * Softmax over the `topK` most likely, cut to the fewest whose mass reaches `topP`. Ties with the last of either stay.
 * @returns (vocabulary), not normalised after the second cut; 0 for ids that are out
 */
export function survivingProbabilities(
  logits: Float32Array,
  { temperature, topK, topP }: Sampling,
): Float64Array {
  const scaled = Float64Array.from(logits, (logit) => logit / temperature)
  const leastLogit = at(descending(scaled), Math.min(topK, logits.length) - 1)
  const probabilities = softmax(scaled.map((logit) => (logit >= leastLogit ? logit : -Infinity)))
  if (topP >= 1) return probabilities

  let mass = 0
  let leastProbability = 0
  for (const probability of descending(probabilities)) {
    leastProbability = probability
    mass += probability
    if (mass >= topP) break
  }
  return probabilities.map((probability) => (probability >= leastProbability ? probability : 0))
}

function descending(values: Float64Array): Float64Array {
  return values.toSorted().toReversed()
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0)
}
