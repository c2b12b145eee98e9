import source from '../../shaders/pool.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Every score becomes the mean of those around it, or with HIGHEST 1 the highest of them. Grid: (KV heads). */
export const pool = kernel({
  name: 'pool',
  source,
  params: {},
  heads: { offset: 'u32', first: 'u32', end: 'u32' },
  bindings: { scores: 'write' },
  constants: ['KV_HEADS', 'REACH', 'HIGHEST'],
})
