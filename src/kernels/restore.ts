import int4ToF16 from '../../shaders/restore.wgsl?INT4&TO_F16'
import int4ToF32 from '../../shaders/restore.wgsl?INT4&TO_F32'
import int8ToF16 from '../../shaders/restore.wgsl?INT8&TO_F16'
import int8ToF32 from '../../shaders/restore.wgsl?INT8&TO_F32'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'

const restoreFrom = (f16: string, f32: string) =>
  byStorage({ f16, f32 }, (source) =>
    kernel({
      name: 'restore',
      source,
      params: {},
      heads: { first: 'u32', count: 'u32', offset: 'u32' },
      bindings: { cached_keys: 'write', keys: 'read', values: 'read', cached_values: 'write' },
      constants: ['KV_HEADS', 'HEAD_SIZE'],
    }),
  )

/** Units in codes of the store, one behind the other, into the first slots of a plain cache: by the codes, then the cache. */
export const restore = {
  int8: restoreFrom(int8ToF16, int8ToF32),
  int4: restoreFrom(int4ToF16, int4ToF32),
}

/** A lane for each eight of a key and of a value. @param units of the KV head that has most */
export function restoreGrid(
  units: number,
  headSize: number,
  kvHeads: number,
): readonly [number, number] {
  return [ceilDiv(units * ceilDiv(headSize, 8), 64), kvHeads]
}
