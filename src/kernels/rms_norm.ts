import source from '../../shaders/rms_norm.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** RMS norm of every row. ADDS = 1 adds to the output instead of overwriting it. Grid: (rows). */
export const rmsNorm = kernel({
  name: 'rms_norm',
  source,
  params: { first_row: 'u32', width: 'u32', row_quads: 'u32', epsilon: 'f32' },
  bindings: { x: 'read', weight: 'read', normed: 'write' },
  constants: ['ADDS'],
})
