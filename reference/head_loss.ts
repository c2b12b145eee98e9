// Loss of a retaining head over one document, and its slope at every score.
import { at } from './at.ts'

export interface LossWeights {
  /** weight of one token's SmoothL1 */
  readonly regression: number
  /** weight of one squared difference between neighbours */
  readonly smoothing: number
}

export interface HeadLoss {
  readonly regression: number
  readonly smoothing: number
  /** (kvHeads, tokens): d loss / d score */
  readonly slopes: Float32Array
}

/**
 * Σ regression · SmoothL1(score − target) + Σ smoothing · (score − next score)², where the target is the label, or
 * max(label, least) − least
 * @param scores (kvHeads, tokens)
 * @param labels (kvHeads, tokens)
 */
export function headLoss(
  scores: Float32Array,
  labels: Float32Array,
  kvHeads: number,
  weights: LossWeights,
  least?: number,
): HeadLoss {
  const tokens = scores.length / kvHeads
  const slopes = new Float64Array(scores.length)
  let regression = 0
  let smoothing = 0
  for (let head = 0; head < kvHeads; head++) {
    for (let token = 0; token < tokens; token++) {
      const i = head * tokens + token
      const label = at(labels, i)
      const error = at(scores, i) - (least === undefined ? label : Math.max(label, least) - least)
      regression += Math.abs(error) < 1 ? error ** 2 / 2 : Math.abs(error) - 0.5
      slopes[i] = at(slopes, i) + weights.regression * Math.min(1, Math.max(-1, error))
      if (token + 1 === tokens) continue
      const step = at(scores, i) - at(scores, i + 1)
      smoothing += step ** 2
      slopes[i] = at(slopes, i) + 2 * weights.smoothing * step
      slopes[i + 1] = at(slopes, i + 1) - 2 * weights.smoothing * step
    }
  }
  return {
    regression: weights.regression * regression,
    smoothing: weights.smoothing * smoothing,
    slopes: Float32Array.from(slopes),
  }
}
