// One AdamW step with clipped gradients and bounded weights, in place.
import { at } from './at.ts'

export interface AdamW {
  readonly rate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly weightDecay: number
  /** each gradient value is limited to ±clip */
  readonly clip: number
  /** bounds of a weight */
  readonly least?: number
  readonly most?: number
}

export interface Moments {
  readonly mean: Float32Array
  readonly square: Float32Array
}

/** @param step counted from 1 */
export function adamw(
  weights: Float32Array,
  gradient: Float32Array,
  { mean, square }: Moments,
  { rate, beta1, beta2, epsilon, weightDecay, clip, least = -Infinity, most = Infinity }: AdamW,
  step: number,
): void {
  for (let i = 0; i < weights.length; i++) {
    const g = Math.min(clip, Math.max(-clip, at(gradient, i)))
    const m = beta1 * at(mean, i) + (1 - beta1) * g
    const v = beta2 * at(square, i) + (1 - beta2) * g * g
    mean[i] = m
    square[i] = v
    const size = Math.sqrt(v / (1 - beta2 ** step)) + epsilon
    const moved =
      at(weights, i) * (1 - rate * weightDecay) - ((rate / (1 - beta1 ** step)) * m) / size
    weights[i] = Math.min(most, Math.max(least, moved))
  }
}
