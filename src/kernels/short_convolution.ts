import source from '../../shaders/short_convolution.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'
import { mostTaps } from '../model/layer_kinds.ts'

/** A gated convolution over the newest tokens, for a block as for a few tokens. */
export const shortConvolution = kernel({
  name: 'short_convolution',
  source,
  params: {
    rows: 'u32',
    first: 'u32',
    tail_from: 'u32',
    width: 'u32',
    in_width: 'u32',
    out_width: 'u32',
  },
  bindings: { gates: 'read', weights: 'read', state: 'write', convolved: 'write' },
  constants: ['TAPS', 'RING'],
})

export function shortConvolutionGrid(width: number, rows: number): readonly [number, number] {
  return [ceilDiv(width, 64), ceilDiv(rows, mostTaps)]
}
