import source from '../../shaders/smooth.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Every score becomes the mean of the five around it. Grid: (KV heads). */
export const smooth = kernel({
  name: 'smooth',
  source,
  params: { pinned: 'u32', end: 'u32', capacity: 'u32' },
  bindings: { scores: 'write' },
  constants: [],
})
