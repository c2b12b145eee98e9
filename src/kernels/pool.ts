import source from '../../shaders/pool.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Replaces every score by the mean of its neighbourhood, or with HIGHEST = 1 by the maximum. Grid: (KV heads). */
export const pool = kernel({
  name: 'pool',
  source,
  params: {},
  heads: { offset: 'u32', first: 'u32', end: 'u32' },
  bindings: { scores: 'write' },
  constants: ['KV_HEADS', 'REACH', 'HIGHEST'],
})
