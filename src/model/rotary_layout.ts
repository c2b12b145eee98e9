// Where rotary pairs lie. Most checkpoints rotate dimension i of a head with i + rotated/2 ("rotate_half"); the engine rotates
// 2i with 2i + 1, so that a pair is loaded together. Rows of W_q and W_k, and the columns of a retaining head's fc1 that
// read q and k, move accordingly when they are loaded; dimensions from `rotated` on stay.
import { inLayer } from './layer_shape.ts'
import { halvedIn } from './rotated.ts'
import type { ModelDescription } from '../api/description.ts'

/** The dimension of an interleaved head that dimension `dim` of a rotate_half head becomes. */
export function interleavedDimension(dim: number, rotated: number): number {
  if (dim >= rotated) return dim
  const half = rotated / 2
  return dim < half ? 2 * dim : 2 * (dim - half) + 1
}

/** The inverse: the dimension of a rotate_half head that interleaved dimension `dim` came from. */
export function halvesDimension(dim: number, rotated: number): number {
  if (dim >= rotated) return dim
  return dim % 2 === 0 ? dim / 2 : (dim - 1) / 2 + rotated / 2
}

/** Where row `row` of the checkpoint's W_q or W_k goes. */
export function interleavedRow(row: number, headSize: number, rotated: number): number {
  const dim = row % headSize
  return row - dim + interleavedDimension(dim, rotated)
}

/** The inverse: the checkpoint's row that lies at `row`. */
export function halvesRow(row: number, headSize: number, rotated: number): number {
  const dim = row % headSize
  return row - dim + halvesDimension(dim, rotated)
}

/**
 * For each column that a layer's fc1 has on the GPU, the column of the file it is taken from.
 * @returns ((heads + 2·kvHeads) · headSize)
 */
export function retainingHeadColumns(model: ModelDescription, layer: number): Uint32Array {
  return halvesOrder(inLayer(model, layer), halvedIn(model, layer))
}

/**
 * For each place in a row of [q; k; v], the place that its value has in the checkpoint.
 * @param rotated of the layer
 * @returns ((heads + 2·kvHeads) · headSize), of which v stays as it is
 */
export function halvesOrder(
  { heads, kvHeads, headSize }: Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'>,
  rotated: number,
): Uint32Array {
  const rotating = (heads + kvHeads) * headSize
  return Uint32Array.from({ length: rotating + kvHeads * headSize }, (_, place) =>
    place < rotating ? halvesRow(place, headSize, rotated) : place,
  )
}
