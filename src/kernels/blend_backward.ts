import source from '../../shaders/blend_backward.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Slopes of merge weights to slopes of the convolution's output, bias and λ. Grid: (merged, KV heads). */
export const blendBackward = kernel({
  name: 'blend_backward',
  source,
  params: { others: 'u32', merged: 'u32' },
  bindings: { logits: 'read', residuals: 'read', lambda: 'read', slopes: 'write', parts: 'write' },
  constants: [],
})
