// Logits → the id of the most likely token.
import { at } from './at.ts'

/** The most likely id, the lowest of equals. */
export function argmax(logits: Float32Array): number {
  let best = 0
  for (let id = 1; id < logits.length; id++) if (at(logits, id) > at(logits, best)) best = id
  return best
}
