import type { CacheStorage } from '../api/settings.ts'
import f16 from '../../shaders/compact.wgsl?F16'
import f32 from '../../shaders/compact.wgsl?F32'
import int4 from '../../shaders/compact.wgsl?INT4'
import int8 from '../../shaders/compact.wgsl?INT8'
import { byCache, ceilDiv, kernel } from '../gpu/kernel.ts'
import { headEviction } from './heads.ts'

/** Moves the rows and origins that `list_survivors` lists down, in place and in order. */
export const compact = byCache({ f16, f32, int8, int4 }, (source) =>
  kernel({
    name: 'compact',
    source,
    params: {},
    heads: headEviction,
    bindings: {
      kept: 'read',
      keys: 'write',
      values: 'write',
      origins: 'write',
    },
    constants: ['KV_HEADS', 'HEAD_SIZE'],
  }),
)

/** One workgroup per eight of a key's row and of a value's row, headers included. @param evicting KV heads */
export function compactGrid(
  evicting: number,
  headSize: number,
  storage: CacheStorage,
): readonly [number, number] {
  const header = storage === 'int8' || storage === 'int4' ? 1 : 0
  return [evicting, 2 * (header + ceilDiv(headSize, 8))]
}
