import source from '../../shaders/select.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** The score a token must reach to keep its slot. Grid: (KV heads). */
export const select = kernel({
  name: 'select',
  source,
  params: {
    pinned: 'u32',
    occupied: 'u32',
    places: 'u32',
    first: 'u32',
    last: 'u32',
    capacity: 'u32',
  },
  bindings: { scores: 'read', thresholds: 'write' },
  constants: [],
})
