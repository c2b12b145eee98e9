import source from '../../shaders/merge_backward.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Slopes of merged keys and values to slopes of the merge weights. */
export const mergeBackward = kernel({
  name: 'merge_backward',
  source,
  params: { others: 'u32', padding: 'u32', merged: 'u32' },
  bindings: { merged_slopes: 'read', sources: 'read', weight_slopes: 'write' },
  constants: ['HEAD_SIZE'],
})

/** One workgroup per 64 sources × 4 merged slots. */
export function mergeBackwardGrid(
  others: number,
  merged: number,
  kvHeads: number,
): readonly [number, number, number] {
  return [ceilDiv(others, 64), ceilDiv(merged, 4), kvHeads]
}
