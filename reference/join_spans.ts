// Joins attention over several spans of slots. A span's output is weighted by its part of the row's sum of exponentials.
import { at } from './at.ts'

/** Attention results of a block, span by span. */
export interface SpanResults {
  /** (span, rows, heads · headSize) */
  readonly outputs: readonly Float32Array[]
  /** (span, rows, heads): log Σ exp(score) */
  readonly lse: readonly Float32Array[]
}

/**
 * @param spans (kvHead): number of spans of each
 * @returns outputs (rows, heads · headSize), lse (rows, heads)
 */
export function joinSpans(
  { outputs, lse }: SpanResults,
  spans: readonly number[],
  { heads, headSize }: { readonly heads: number; readonly headSize: number },
): { outputs: Float32Array; lse: Float32Array } {
  const group = heads / spans.length
  const rows = (lse[0]?.length ?? 0) / heads
  const joined = {
    outputs: new Float32Array(rows * heads * headSize),
    lse: new Float32Array(rows * heads),
  }
  for (let own = 0; own < rows * heads; own++) {
    const count = at(spans, Math.floor((own % heads) / group))
    const sums = lse.slice(0, count).map((each) => at(each, own))
    const top = Math.max(...sums)
    const whole = sums.reduce((sum, logSum) => sum + Math.exp(logSum - top), 0)
    joined.lse[own] = top + Math.log(whole)
    for (let dim = 0; dim < headSize; dim++) {
      const value = sums.reduce((sum, logSum, span) => {
        const output = outputs[span] ?? new Float32Array()
        return sum + Math.exp(logSum - top) * at(output, own * headSize + dim)
      }, 0)
      joined.outputs[own * headSize + dim] = value / whole
    }
  }
  return joined
}
