// Surprisal of a token: −log of its probability.
import { at } from './at.ts'
import { softmax } from './attend.ts'

/** @param logits (vocabulary), of the row before the token */
export function surprisal(logits: Float32Array, id: number): number {
  return -Math.log(at(softmax(Float64Array.from(logits)), id))
}
