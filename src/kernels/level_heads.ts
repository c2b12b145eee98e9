import source from '../../shaders/level_heads.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Every KV head gets the mean of the layer's scores. */
export const levelHeads = kernel({
  name: 'level_heads',
  source,
  params: { pinned: 'u32', occupied: 'u32', capacity: 'u32' },
  bindings: { scores: 'write' },
  constants: ['KV_HEADS'],
})

/** One lane per slot. */
export function levelHeadsGrid(slots: number): readonly [number] {
  return [ceilDiv(slots, 64)]
}
