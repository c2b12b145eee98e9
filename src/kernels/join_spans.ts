import source from '../../shaders/join_spans.wgsl'
import { kernel } from '../gpu/kernel.ts'

/** Joins the spans of attend_chunk. Grid: (query heads, tokens). */
export const joinSpans = kernel({
  name: 'join_spans',
  source,
  params: { rows: 'u32', out_width: 'u32' },
  heads: { spans: 'u32' },
  bindings: { span_outputs: 'read', span_lse: 'read', output: 'write', lse: 'write' },
  constants: ['HEADS', 'KV_HEADS', 'HEAD_SIZE'],
})
