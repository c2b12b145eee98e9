import source from '../../shaders/running_mean.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Mean attention per query that could see the token, updated with a block of queries. */
export const runningMean = kernel({
  name: 'running_mean',
  source,
  params: { first_origin: 'u32', rows: 'u32' },
  heads: { offset: 'u32', occupied: 'u32' },
  bindings: { sums: 'read', origins: 'read', scores: 'write' },
  constants: ['KV_HEADS'],
})

/** One lane per slot of every KV head. @param occupied slots of the head that has most */
export function runningMeanGrid(occupied: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(occupied, 64), kvHeads]
}
