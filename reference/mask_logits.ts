// Logits without the tokens that may not come next.
import { at } from './at.ts'

/** Less than any logit. */
const least = Math.fround(-3.4e38)

/** @param allowed a bit for each token, in words of 32 */
export function maskLogits(logits: Float32Array, allowed: Uint32Array): Float32Array {
  return logits.map((logit, token) => {
    const isAllowed = (((allowed[token >>> 5] ?? 0) >>> (token & 31)) & 1) === 1
    const isBad = Number.isNaN(logit) || logit === Infinity
    return isAllowed || isBad ? at(logits, token) : least
  })
}
