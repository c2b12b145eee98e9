import f16 from '../../shaders/append.wgsl?F16&WRITES'
import f32 from '../../shaders/append.wgsl?F32&WRITES'
import int4 from '../../shaders/append.wgsl?INT4&WRITES'
import int8 from '../../shaders/append.wgsl?INT8&WRITES'
import { byCache, kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** Writes new keys and values into the next free slots. */
export const append = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'append',
    source,
    params: { first_origin: 'u32', qkv_width: 'u32' },
    heads: headRows,
    bindings: { qkv: 'read', keys: 'write', values: 'write', origins: 'write' },
    constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE'],
  }),
)

/** One workgroup per key or value. */
export function appendGrid(kvHeads: number, rows: number): readonly [number, number] {
  return [2 * kvHeads, rows]
}
