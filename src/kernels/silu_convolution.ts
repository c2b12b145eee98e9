import source from '../../shaders/silu_convolution.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** A convolution over the newest tokens and its activation, for a block as for a few tokens. Grid: that of short_convolution. */
export const siluConvolution = kernel({
  name: 'silu_convolution',
  source,
  params: {
    rows: 'u32',
    first: 'u32',
    tail_from: 'u32',
    width: 'u32',
    in_width: 'u32',
    out_width: 'u32',
  },
  bindings: { mixed: 'read', weights: 'read', inputs: 'write', convolved: 'write' },
  constants: ['TAPS', 'RING'],
})
