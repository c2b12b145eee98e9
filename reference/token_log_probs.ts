// How likely a token is, and the likeliest tokens, from logits.
import { at } from './at.ts'
import { softmax } from './attend.ts'

export interface LogProb {
  readonly id: number
  readonly logProb: number
}

/** Logits that are no higher belong to tokens that may not come. */
const least = Math.fround(-3.4e38)

/**
 * @param logits (vocabulary)
 * @returns the token that was chosen, then at most `likeliest` others or itself, the likeliest first, the lowest id of equals
 */
export function tokenLogProbs(
  logits: Float32Array,
  chosen: number,
  likeliest: number,
): readonly LogProb[] {
  const shares = softmax(Float64Array.from(logits))
  const ids = [...logits.keys()].filter((id) => at(logits, id) > least)
  const ranked = ids.sort((a, b) => at(logits, b) - at(logits, a) || a - b)
  return [chosen, ...ranked.slice(0, likeliest)].map((id) => ({
    id,
    logProb: Math.log(at(shares, id)),
  }))
}
