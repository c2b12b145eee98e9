import source from '../../shaders/rms_norm_heads.wgsl'
import { kernel } from '../gpu/kernel.ts'
import type { HeadNorms } from '../model/head_norms.ts'

/** RMS norm of queries, of keys and of values, in place. Grid: (norms of all these, rows). */
export const rmsNormHeads = kernel({
  name: 'rms_norm_heads',
  source,
  params: { qkv_width: 'u32', epsilon: 'f32' },
  bindings: { weight: 'read', qkv: 'write' },
  constants: ['QUERY_NORMS', 'QUERY_WIDTH', 'KEY_NORMS', 'KEY_WIDTH'],
})

export function headNormConstants({ queryNorms, queryWidth, keyNorms, keyWidth }: HeadNorms) {
  return {
    QUERY_NORMS: queryNorms,
    QUERY_WIDTH: queryWidth,
    KEY_NORMS: keyNorms,
    KEY_WIDTH: keyWidth,
  }
}
