// Matrices that some checkpoints hold whole and others in parts: q, k and v; gate and up.
import type { ModelDescription } from '../api/description.ts'
import { inLayer } from './layer_shape.ts'

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

type QkvShape = Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize' | 'shapes' | 'kinds'>

/** Rows of what a layer of attention projects: q, k and v, or in shared attention q alone. */
export function qkvHeights(model: QkvShape, layer: number): readonly number[] {
  const { heads, kvHeads, headSize } = inLayer(model, layer)
  const queries = heads * headSize
  if (model.kinds[layer] === 'shared attention') return [queries]
  return [queries, kvHeads * headSize, kvHeads * headSize]
}

/** Values in a row [q; k; v] of a layer. */
export function qkvValues(model: QkvShape, layer: number): number {
  return qkvHeights(model, layer).reduce((sum, rows) => sum + rows, 0)
}

/** Rows of gate and up. */
export function gateUpHeights({
  feedForward,
}: Pick<ModelDescription, 'feedForward'>): readonly number[] {
  return [feedForward, feedForward]
}
