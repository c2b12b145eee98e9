import source from '../../shaders/output_loss.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Squared difference of two attention outputs, and its slope at the first. Grid: (KV heads). */
export const outputLoss = kernel({
  name: 'output_loss',
  source,
  params: { rows: 'u32', width: 'u32', weight: 'f32', first_loss: 'u32' },
  bindings: {
    outputs: 'read',
    targets: 'read',
    lse: 'read',
    slopes: 'write',
    softmax: 'write',
    losses: 'write',
  },
  constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE'],
})
