import source from '../../shaders/delta_scan.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** News, readout and state of a block, chunk after chunk. Grid: `deltaStateGrid`. */
export const deltaScan = kernel({
  name: 'delta_scan',
  source,
  params: {
    rows: 'u32',
    first: 'u32',
    tail_from: 'u32',
    mixed_width: 'u32',
    convolved_quads: 'u32',
    readout_quads: 'u32',
  },
  bindings: {
    mixed: 'read',
    convolved: 'read',
    decays: 'read',
    within: 'read',
    associations: 'write',
    readout: 'write',
  },
  constants: ['KEY_SIZE', 'VALUE_SIZE', 'VALUE_HEADS', 'KEY_HEADS', 'IN_TURN'],
})
