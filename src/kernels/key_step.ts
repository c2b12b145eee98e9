import f16 from '../../shaders/key_step.wgsl?F16'
import f32 from '../../shaders/key_step.wgsl?F32'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** Minus the cosine between the key of every slot and that of the slot before. */
export const keyStep = byStorage({ f16, f32 }, (source) =>
  kernel({
    name: 'key_step',
    source,
    params: {},
    heads: headEviction,
    bindings: { steps: 'write', keys: 'read' },
    constants: ['KV_HEADS', 'HEAD_SIZE'],
  }),
)

/** @param slots in the head that has most */
export function keyStepGrid(slots: number, heads: number): readonly [number, number] {
  return [ceilDiv(slots, 64), heads]
}
