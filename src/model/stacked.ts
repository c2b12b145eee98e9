// Matrices that some checkpoints hold whole and others in parts: q, k and v; gate and up.
import type { ModelDescription } from '../api/description.ts'

/** A tensor and the rows of the whole matrix that it holds. */
export interface Stretch {
  readonly tensor: string
  readonly firstRow: number
  readonly rows: number
}

/**
 * @param tensors one for every part, or one for all of them
 * @param heights rows of every part
 */
export function stacked(tensors: readonly string[], heights: readonly number[]): Stretch[] {
  const whole = heights.reduce((sum, rows) => sum + rows, 0)
  let firstRow = 0
  return tensors.map((tensor, part) => {
    const rows = tensors.length === 1 ? whole : (heights[part] ?? 0)
    const stretch = { tensor, firstRow, rows }
    firstRow += rows
    return stretch
  })
}

/** Rows of q, k and v. */
export function qkvHeights({
  heads,
  kvHeads,
  headSize,
}: Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'>): readonly number[] {
  return [heads * headSize, kvHeads * headSize, kvHeads * headSize]
}

/** Rows of gate and up. */
export function gateUpHeights({
  feedForward,
}: Pick<ModelDescription, 'feedForward'>): readonly number[] {
  return [feedForward, feedForward]
}
