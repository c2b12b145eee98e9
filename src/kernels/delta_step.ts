import source from '../../shaders/delta_step.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** News, readout and state of one token or a few. Grid: `deltaStateGrid`. */
export const deltaStep = kernel({
  name: 'delta_step',
  source,
  params: {
    rows: 'u32',
    first: 'u32',
    tail_from: 'u32',
    mixed_width: 'u32',
    convolved_width: 'u32',
    readout_quads: 'u32',
  },
  bindings: {
    mixed: 'read',
    convolved: 'read',
    decays: 'read',
    associations: 'write',
    readout: 'write',
  },
  constants: ['KEY_SIZE', 'VALUE_SIZE', 'VALUE_HEADS', 'KEY_HEADS', 'IN_TURN'],
})
