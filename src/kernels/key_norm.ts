import f16 from '../../shaders/key_norm.wgsl?F16'
import f32 from '../../shaders/key_norm.wgsl?F32'
import int4 from '../../shaders/key_norm.wgsl?INT4'
import int8 from '../../shaders/key_norm.wgsl?INT8'
import { byCache, ceilDiv, kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** Minus the length of every new key. */
export const keyNorm = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'key_norm',
    source,
    params: { rows: 'u32' },
    heads: headRows,
    bindings: { scores: 'write', keys: 'read' },
    constants: ['KV_HEADS', 'HEAD_SIZE'],
  }),
)

export function keyNormGrid(rows: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(rows, 64), kvHeads]
}
