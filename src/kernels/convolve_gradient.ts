import source from '../../shaders/convolve_gradient.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Gradient of a convolution's weights, added to `gradient`. TAPS is its kernel size, odd. */
export const convolveGradient = kernel({
  name: 'convolve_gradient',
  source,
  params: { others: 'u32', merged: 'u32', channels: 'u32', kv_heads: 'u32' },
  bindings: { slopes: 'read', sources: 'read', gradient: 'write' },
  constants: ['TAPS'],
})

/** One workgroup per 32 merged slots × 32 channels of one tap. @param channels vec4s */
export function convolveGradientGrid(
  channels: number,
  merged: number,
  taps: number,
): readonly [number, number, number] {
  return [ceilDiv(channels, 8), ceilDiv(merged, 32), taps]
}
