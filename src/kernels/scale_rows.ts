import source from '../../shaders/scale_rows.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Rows times a number from a buffer, in place. */
export const scaleRows = kernel({
  name: 'scale_rows',
  source,
  params: { row_quads: 'u32' },
  bindings: { scale: 'read', rows: 'write' },
  constants: [],
})

export function scaleRowsGrid(rowQuads: number, rows: number): readonly [number, number] {
  return [ceilDiv(rowQuads, 64), rows]
}
