// Backward of a retaining head: from the slopes of its scores to its hidden layer and to fc2.
import { at } from './at.ts'

export interface HiddenSlopes {
  /** (rows, width): d loss / d hidden, before the activation */
  readonly hidden: Float32Array
  /** (kvHeads, width): d loss / d fc2 */
  readonly fc2: Float32Array
}

/**
 * @param slopes (kvHeads, rows): d loss / d score
 * @param hidden (rows, width) = fc1 · [q; k; v]
 * @param fc2 (kvHeads, width)
 */
export function headBackward(
  slopes: Float32Array,
  hidden: Float32Array,
  fc2: Float32Array,
  kvHeads: number,
): HiddenSlopes {
  const width = fc2.length / kvHeads
  const rows = hidden.length / width
  const hiddenSlopes = new Float32Array(hidden.length)
  const fc2Slopes = new Float64Array(fc2.length)
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) {
      const x = at(hidden, row * width + j)
      const gate = 1 / (1 + Math.exp(-x))
      let activeSlope = 0
      for (let head = 0; head < kvHeads; head++) {
        const slope = at(slopes, head * rows + row)
        activeSlope += slope * at(fc2, head * width + j)
        fc2Slopes[head * width + j] = at(fc2Slopes, head * width + j) + slope * x * gate
      }
      hiddenSlopes[row * width + j] = activeSlope * gate * (1 + x * (1 - gate))
    }
  }
  return { hidden: hiddenSlopes, fc2: Float32Array.from(fc2Slopes) }
}
