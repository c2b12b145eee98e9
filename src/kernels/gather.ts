import f16 from '../../shaders/gather.wgsl?F16'
import f32 from '../../shaders/gather.wgsl?F32'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'
import { headMerging } from './heads.ts'

/** Rows of [key; value] of the listed slots. ROTATES = 1 rotates the keys to their positions. */
export const gather = byStorage({ f16, f32 }, (source) =>
  kernel({
    name: 'gather',
    source,
    params: { others: 'u32', padding: 'u32' },
    heads: headMerging,
    bindings: {
      keys: 'read',
      values: 'read',
      others: 'read',
      rope_table: 'read',
      origins: 'read',
      sources: 'write',
    },
    constants: ['KV_HEADS', 'HEAD_SIZE', 'ROTATES'],
  }),
)

/** @param rows capacity per head, with the padding on both sides */
export function gatherGrid(
  rows: number,
  headSize: number,
  kvHeads: number,
): readonly [number, number] {
  return [ceilDiv(rows * 2 * ceilDiv(headSize, 8), 64), kvHeads]
}
