import f16 from '../../shaders/turn_keys.wgsl?F16'
import f32 from '../../shaders/turn_keys.wgsl?F32'
import int4 from '../../shaders/turn_keys.wgsl?INT4'
import int8 from '../../shaders/turn_keys.wgsl?INT8'
import { byCache, ceilDiv, kernel } from '../gpu/kernel.ts'
import { headRows } from './heads.ts'

/** Rotates the keys that a block of tokens sees to the positions of their slots. */
export const turnKeys = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'turn_keys',
    source,
    params: { rows: 'u32', own_positions: 'u32', window: 'u32' },
    heads: headRows,
    bindings: { turned: 'write', keys: 'read', positions: 'read', rope_table: 'read' },
    constants: ['KV_HEADS', 'HEAD_SIZE'],
  }),
)

/** Slots of a KV head that one workgroup turns; SLOTS in the shader. */
const slotsAtOnce = 32

/** @param visible (kv head): slots that its rows see together */
export function turnKeysGrid(visible: readonly number[]): readonly [number, number] {
  return [ceilDiv(Math.max(...visible), slotsAtOnce), visible.length]
}
