import source from '../../shaders/mask_logits.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Takes tokens that may not come next out of the choice. */
export const maskLogits = kernel({
  name: 'mask_logits',
  source,
  params: { vocabulary: 'u32' },
  bindings: { allowed: 'read', logits: 'write' },
  constants: [],
})

export function maskLogitsGrid(vocabulary: number): readonly [number] {
  return [ceilDiv(vocabulary, 256)]
}
