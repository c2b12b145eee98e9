import source from '../../shaders/head_backward.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Backward of a retaining head from its scores to its hidden layer, and the gradient of fc2. */
export const headBackward = kernel({
  name: 'head_backward',
  source,
  params: { rows: 'u32', first_token: 'u32', capacity: 'u32', width: 'u32', row_width: 'u32' },
  bindings: { slopes: 'read', fc2: 'read', hidden: 'write', fc2_gradient: 'write' },
  constants: ['KV_HEADS'],
})

/** One workgroup per 32 hidden units. */
export function headBackwardGrid(width: number): readonly [number] {
  return [ceilDiv(width, 32)]
}
