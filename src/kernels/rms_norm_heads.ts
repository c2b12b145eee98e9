import source from '../../shaders/rms_norm_heads.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** RMS norm of every query head and key head, in place. Grid: (heads + KV heads, rows). */
export const rmsNormHeads = kernel({
  name: 'rms_norm_heads',
  source,
  params: { qkv_width: 'u32', epsilon: 'f32' },
  bindings: { weight: 'read', qkv: 'write' },
  constants: ['HEADS', 'HEAD_SIZE'],
})
