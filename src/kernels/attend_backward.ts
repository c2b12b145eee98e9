import f16 from '../../shaders/attend_backward.wgsl?F16'
import f32 from '../../shaders/attend_backward.wgsl?F32'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** Attention backward to the merged slots' keys and values. ROTATES = 1 where keys are merged after rotation. */
export const attendBackward = byStorage({ f16, f32 }, (source) =>
  kernel({
    name: 'attend_backward',
    source,
    params: {
      rows: 'u32',
      own_positions: 'u32',
      qkv_width: 'u32',
      width: 'u32',
      first_merged: 'u32',
      merged: 'u32',
      window: 'u32',
      scale: 'f32',
      cap: 'f32',
      adds: 'u32',
    },
    heads: headRows,
    bindings: {
      qkv: 'read',
      keys: 'read',
      values: 'read',
      rope_table: 'read',
      positions: 'read',
      softmax: 'read',
      slopes: 'read',
      merged_slopes: 'write',
    },
    constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE', 'ROTATES'],
  }),
)

/** One workgroup per eight merged slots. */
export function attendBackwardGrid(merged: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(merged, 8), kvHeads]
}
