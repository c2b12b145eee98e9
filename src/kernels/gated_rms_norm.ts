import source from '../../shaders/gated_rms_norm.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** RMS norm of every value head times silu of its gate, in place. Grid: (value heads, rows). */
export const gatedRmsNorm = kernel({
  name: 'gated_rms_norm',
  source,
  params: {
    size: 'u32',
    readout_width: 'u32',
    mixed_width: 'u32',
    first_gate: 'u32',
    epsilon: 'f32',
  },
  bindings: { mixed: 'read', weight: 'read', readout: 'write' },
  constants: [],
})
