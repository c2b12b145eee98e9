import source from '../../shaders/head_loss.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Loss of a retaining head over one document, and its slope at every score. Grid: (kv heads). */
export const headLoss = kernel({
  name: 'head_loss',
  source,
  params: {
    tokens: 'u32',
    capacity: 'u32',
    regression: 'f32',
    smoothing: 'f32',
    first_loss: 'u32',
    least: 'f32',
    zero: 'f32',
  },
  bindings: { scores: 'read', labels: 'read', slopes: 'write', losses: 'write' },
  constants: [],
})
