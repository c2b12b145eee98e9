import f16 from '../../shaders/attend_token.wgsl?F16&WRITES'
import f32 from '../../shaders/attend_token.wgsl?F32&WRITES'
import int4 from '../../shaders/attend_token.wgsl?INT4&WRITES'
import int8 from '../../shaders/attend_token.wgsl?INT8&WRITES'
import { LongtabError } from '../api/errors.ts'
import type { CacheStorage } from '../api/settings.ts'
import { byCache, ceilDiv, kernel } from '../gpu/kernel.ts'
import { spanSlots } from './token_span.ts'

/**
 * Appends the units of a step, where APPENDS = 1, and attends to spans of slots. Grid: (spans of all KV heads, tokens, parts
 * of the query heads of a KV head).
 */
export const attendToken = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'attend_token',
    source,
    params: {
      first_origin: 'u32',
      qkv_width: 'u32',
      turns_by_origin: 'u32',
      window: 'u32',
      scale: 'f32',
      cap: 'f32',
    },
    heads: { offset: 'u32', first_slot: 'u32', first_span: 'u32' },
    bindings: {
      qkv: 'read',
      keys: 'write',
      values: 'write',
      rope_table: 'read',
      turned_norms: 'read',
      origins: 'write',
      stats: 'write',
      outputs: 'write',
    },
    constants: ['HEADS', 'KV_HEADS', 'APPENDS', 'PART', 'HEAD_SIZE'],
  }),
)

/** Bytes of its workgroup memory for so many query heads. */
function partBytes(heads: number, headSize: number, cache: CacheStorage): number {
  const quads = 2 * ceilDiv(headSize, 8)
  const ofRanges = cache === 'int8' || cache === 'int4' ? 8 * 4 * 32 : 0
  return 16 * (heads * quads + (ceilDiv(heads, 4) + 2) * spanSlots) + ofRanges
}

/**
 * Query heads of a workgroup: as many of those of a KV head as fit. Throws LongtabError `does-not-fit` when not even one does.
 * @param group query heads of a KV head
 */
export function partOfGroup(
  group: number,
  headSize: number,
  workgroupBytes: number,
  cache: CacheStorage,
): number {
  for (let parts = 1; parts <= group; parts++) {
    const heads = group / parts
    if (Number.isInteger(heads) && partBytes(heads, headSize, cache) <= workgroupBytes) return heads
  }
  throw new LongtabError(
    'does-not-fit',
    `heads of size ${headSize} need ${partBytes(1, headSize, cache)} bytes of workgroup memory but this device allows ${workgroupBytes}; choose a model with smaller heads`,
  )
}
