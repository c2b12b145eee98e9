import source from '../../shaders/merge_backward.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Slopes of merged keys and values to those of the weights they were merged by. */
export const mergeBackward = kernel({
  name: 'merge_backward',
  source,
  params: { others: 'u32', padding: 'u32', merged: 'u32' },
  bindings: { merged_slopes: 'read', sources: 'read', weight_slopes: 'write' },
  constants: ['HEAD_SIZE'],
})

/** 64 sources × 4 merged slots per workgroup. */
export function mergeBackwardGrid(
  others: number,
  merged: number,
  kvHeads: number,
): readonly [number, number, number] {
  return [ceilDiv(others, 64), ceilDiv(merged, 4), kvHeads]
}
