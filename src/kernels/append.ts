import f16 from '../../shaders/append.wgsl?F16'
import f32 from '../../shaders/append.wgsl?F32'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'

/** New keys and values into the next free slots. */
export const append = byStorage({ f16, f32 }, (source) =>
  kernel({
    name: 'append',
    source,
    params: { first_slot: 'u32', first_origin: 'u32', capacity: 'u32', qkv_width: 'u32' },
    bindings: { qkv: 'read', keys: 'write', values: 'write', origins: 'write' },
    constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE'],
  }),
)

export function appendGrid(
  kvHeads: number,
  headSize: number,
  rows: number,
): readonly [number, number] {
  return [ceilDiv(kvHeads * ceilDiv(headSize, 8), 64), rows]
}
