import source from '../../shaders/running_mean.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Mean attention per query that could see the token, carried on by a block of queries. */
export const runningMean = kernel({
  name: 'running_mean',
  source,
  params: { occupied: 'u32', first_origin: 'u32', rows: 'u32', capacity: 'u32' },
  bindings: { sums: 'read', origins: 'read', scores: 'write' },
  constants: [],
})

/** One lane per slot, in every KV head. */
export function runningMeanGrid(occupied: number, kvHeads: number): readonly [number, number] {
  return [ceilDiv(occupied, 64), kvHeads]
}
