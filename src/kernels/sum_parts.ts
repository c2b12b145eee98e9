import source from '../../shaders/sum_parts.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Adds the parts that blend_backward wrote for bias and λ to their gradients. Grid: one workgroup. */
export const sumParts = kernel({
  name: 'sum_parts',
  source,
  params: { kv_heads: 'u32', merged: 'u32' },
  bindings: { parts: 'read', bias_gradient: 'write', lambda_gradient: 'write' },
  constants: [],
})
