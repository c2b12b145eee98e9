import source from '../../shaders/blend.wgsl'
import { kernel } from '../gpu/kernel.ts'
import { headMerging } from './heads.ts'

/** Convolution outputs to weights that sum to one: softmax, blended by λ with the residual. Grid: (merged, KV heads). */
export const blend = kernel({
  name: 'blend',
  source,
  params: { others: 'u32', merged: 'u32' },
  heads: headMerging,
  bindings: { residuals: 'read', lambda: 'read', logits: 'write' },
  constants: ['KV_HEADS'],
})
