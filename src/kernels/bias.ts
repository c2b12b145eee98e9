import source from '../../shaders/bias.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Adds a vector to every row. */
export const bias = kernel({
  name: 'bias',
  source,
  params: { width: 'u32', row_width: 'u32' },
  bindings: { bias: 'read', rows: 'write' },
  constants: [],
})

export function biasGrid(width: number, rows: number): readonly [number, number] {
  return [ceilDiv(width, 64), rows]
}
