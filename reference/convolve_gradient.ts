// Gradient of a convolution's weights.
import { at } from './at.ts'

/**
 * @param slopes (merged, source): d loss / d output
 * @param sources (source, [k; v])
 * @returns (merged, [k; v], tap)
 */
export function convolveGradient(
  slopes: Float32Array,
  sources: Float32Array,
  merged: number,
  taps: number,
): Float32Array {
  const count = slopes.length / merged
  const channels = sources.length / count
  const gradient = new Float64Array(merged * channels * taps)
  for (let out = 0; out < merged; out++) {
    for (let source = 0; source < count; source++) {
      const slope = at(slopes, out * count + source)
      if (slope === 0) continue
      for (let tap = 0; tap < taps; tap++) {
        const from = source + tap - (taps - 1) / 2
        if (from < 0 || from >= count) continue
        for (let channel = 0; channel < channels; channel++) {
          const to = (out * channels + channel) * taps + tap
          gradient[to] = at(gradient, to) + slope * at(sources, from * channels + channel)
        }
      }
    }
  }
  return Float32Array.from(gradient)
}
