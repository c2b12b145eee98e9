import source from '../../shaders/mean_heads.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Every KV head gets the mean of the layer's scores. */
export const meanHeads = kernel({
  name: 'mean_heads',
  source,
  params: { pinned: 'u32', occupied: 'u32', capacity: 'u32' },
  bindings: { scores: 'write' },
  constants: ['KV_HEADS'],
})

/** One lane per slot. */
export function meanHeadsGrid(slots: number): readonly [number] {
  return [ceilDiv(slots, 64)]
}
