import source from '../../shaders/head_backward.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** A retaining head backward from its scores to its hidden layer, and the gradient of fc2. */
export const headBackward = kernel({
  name: 'head_backward',
  source,
  params: { rows: 'u32', first_token: 'u32', capacity: 'u32', width: 'u32', row_width: 'u32' },
  bindings: { slopes: 'read', fc2: 'read', hidden: 'write', fc2_gradient: 'write' },
  constants: ['KV_HEADS'],
})

/** 32 hidden units per workgroup. */
export function headBackwardGrid(width: number): readonly [number] {
  return [ceilDiv(width, 32)]
}
