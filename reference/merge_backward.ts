// Backward of merging: from the slopes of merged keys and values to those of the merge weights.
import { dot } from './at.ts'

/**
 * @param mergedSlopes (merged, [k; v])
 * @param sources (source, [k; v])
 * @returns (merged, source)
 */
export function mergeBackward(
  mergedSlopes: Float32Array,
  sources: Float32Array,
  merged: number,
): Float32Array {
  const channels = mergedSlopes.length / merged
  const count = sources.length / channels
  return Float32Array.from({ length: merged * count }, (_, i) =>
    dot(mergedSlopes, Math.floor(i / count) * channels, sources, (i % count) * channels, channels),
  )
}
