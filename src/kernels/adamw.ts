import source from '../../shaders/adamw.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** One AdamW step with clipped gradients and bounded weights. Resets the gradient to zero. */
export const adamw = kernel({
  name: 'adamw',
  source,
  params: {
    count: 'u32',
    clip: 'f32',
    beta1: 'f32',
    beta2: 'f32',
    epsilon: 'f32',
    keep: 'f32',
    rate: 'f32',
    correction: 'f32',
    least: 'f32',
    most: 'f32',
  },
  bindings: { weights: 'write', gradient: 'write', mean: 'write', square: 'write' },
  constants: [],
})

/** @param count vec4s of weights; 64 per workgroup, at most 65,535 workgroups along x */
export function adamwGrid(count: number): readonly [number, number] {
  const groups = ceilDiv(count, 64)
  const across = Math.min(groups, 32_768)
  return [across, ceilDiv(groups, across)]
}
