// Divergence of two models' predictions, from their logits. It shows differences that an exact match of answers does not.

export interface Divergence {
  /** mean KL(full ‖ other) in nats */
  readonly nats: number
  /** how often both have the same most likely token, 0 … 1 */
  readonly agreement: number
}

/** @param full, other (rows, vocabulary) logits */
export function divergence(
  full: Float32Array,
  other: Float32Array,
  vocabulary: number,
): Divergence {
  const rows = full.length / vocabulary
  let nats = 0
  let agreeing = 0
  for (let first = 0; first < full.length; first += vocabulary) {
    const p = normalised(full.subarray(first, first + vocabulary))
    const q = normalised(other.subarray(first, first + vocabulary))
    for (let token = 0; token < vocabulary; token++) {
      const logP = p.log(token)
      nats += Math.exp(logP) * (logP - q.log(token))
    }
    if (p.best === q.best) agreeing++
  }
  return { nats: nats / rows, agreement: agreeing / rows }
}

function normalised(logits: Float32Array): { best: number; log(token: number): number } {
  let best = 0
  for (let token = 1; token < logits.length; token++) {
    if ((logits[token] ?? 0) > (logits[best] ?? 0)) best = token
  }
  const highest = logits[best] ?? 0
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0)
  const log = highest + Math.log(sum)
  return { best, log: (token) => (logits[token] ?? 0) - log }
}
