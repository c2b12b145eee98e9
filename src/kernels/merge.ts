import f16 from '../../shaders/merge.wgsl?F16'
import f32 from '../../shaders/merge.wgsl?F32'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'
import { headMerging } from './heads.ts'

/** Sums of keys and values into merged slots. ROTATES = 1 where the keys are rotated to their positions. */
export const merge = byStorage({ f16, f32 }, (source) =>
  kernel({
    name: 'merge',
    source,
    params: { others: 'u32', padding: 'u32', merged: 'u32' },
    heads: headMerging,
    bindings: {
      weights: 'read',
      sources: 'read',
      residuals: 'read',
      rope_table: 'read',
      origins: 'write',
      keys: 'write',
      values: 'write',
      scores: 'write',
    },
    constants: ['KV_HEADS', 'HEAD_SIZE', 'ROTATES'],
  }),
)

/** Four merged slots per lane. */
export function mergeGrid(
  merged: number,
  headSize: number,
  kvHeads: number,
): readonly [number, number] {
  return [ceilDiv(ceilDiv(merged, 4) * 2 * ceilDiv(headSize, 8), 64), kvHeads]
}
