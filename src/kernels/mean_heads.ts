import source from '../../shaders/mean_heads.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Sets the score of a slot in every KV head to the mean over the layer's KV heads. */
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
