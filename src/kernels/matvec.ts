import type { WeightStorage } from '../api/settings.ts'
import f16 from '../../shaders/matvec.wgsl?F16'
import f32 from '../../shaders/matvec.wgsl?F32'
import q4 from '../../shaders/matvec.wgsl?Q4'
import q8 from '../../shaders/matvec.wgsl?Q8'
import { byWeights, ceilDiv, kernel } from '../gpu/kernel.ts'
import { padded } from '../model/matrix.ts'

/** Matrix-vector product. ADDS = 1 adds to the output instead of overwriting it; ROW_LANES from rowLanes. */
export const matvec = byWeights({ f16, f32, q8, q4 }, (source) =>
  kernel({
    name: 'matvec',
    source,
    params: { outs: 'u32', in_eights: 'u32', first_out: 'u32' },
    bindings: { input: 'read', matrix: 'read', output: 'write' },
    constants: ['ADDS', 'ROW_LANES'],
  }),
)

/** Weights in a lane's single load; 4 PIECE_QUADS in the shaders. */
const pieceWeights = { f16: 8, f32: 8, q8: 16, q4: 32 } as const

/**
 * Lanes that share four matrix rows. Short rows get few lanes: a row of 896 is 112 pieces in f16 and 28 in 4 bits, which
 * would leave most of 64 lanes idle. Where a lane would load more than four pieces in sequence, four times as many lanes
 * share the rows, since long rows are bound by memory.
 */
export function rowLanes(ins: number, storage: WeightStorage): number {
  const few = storage === 'q4' ? 32 : 64
  return padded(ins) / pieceWeights[storage] > 4 * few ? 4 * few : few
}

/** Four matrix rows per `lanes` lanes, at least 64 lanes per workgroup. */
export function matvecGrid(outs: number, lanes: number): readonly [number, number] {
  return folded(ceilDiv(outs, 4 * ceilDiv(64, lanes)))
}

/** Grid of `groups` workgroups, in two dimensions where one would exceed WebGPU's 65,535. */
export function folded(groups: number): readonly [number, number] {
  const y = ceilDiv(groups, 65_535)
  return [ceilDiv(groups, y), y]
}
