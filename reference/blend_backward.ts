// Backward of blend: from the slopes of merge weights through λ-blend, softmax and ReLU to the convolution.
import { at } from './at.ts'

export interface BlendSlopes {
  /** (merged, source): d loss / d output of the convolution, before its ReLU */
  readonly logits: Float32Array
  /** (merged): d loss / d bias */
  readonly bias: Float32Array
  /** (merged): each merged slot's part of d loss / d λ */
  readonly lambda: Float32Array
}

/**
 * @param logits (merged, source): after the ReLU
 * @param weightSlopes (merged, source)
 */
export function blendBackward(
  logits: Float32Array,
  weightSlopes: Float32Array,
  residuals: readonly number[],
  lambda: number,
): BlendSlopes {
  const merged = residuals.length
  const count = logits.length / merged
  const made = {
    logits: new Float32Array(logits.length),
    bias: new Float32Array(merged),
    lambda: new Float32Array(merged),
  }
  residuals.forEach((residual, out) => {
    const row = logits.subarray(out * count, (out + 1) * count)
    const slopes = weightSlopes.subarray(out * count, (out + 1) * count)
    const top = row.reduce((a, b) => Math.max(a, b), 0)
    const sum = row.reduce((total, logit) => total + Math.exp(logit - top), 0)
    const shares = Float64Array.from(row, (logit) => Math.exp(logit - top) / sum)
    const mean = shares.reduce((total, share, source) => total + share * at(slopes, source), 0)
    made.lambda[out] = mean - at(slopes, residual)
    let bias = 0
    row.forEach((logit, source) => {
      if (logit <= 0) return
      const slope = lambda * at(shares, source) * (at(slopes, source) - mean)
      made.logits[out * count + source] = slope
      bias += slope
    })
    made.bias[out] = bias
  })
  return made
}
