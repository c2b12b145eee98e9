import type { MatrixStorage } from '../api/settings.ts'
import f16 from '../../shaders/matvec.wgsl?F16'
import f32 from '../../shaders/matvec.wgsl?F32'
import q4 from '../../shaders/matvec.wgsl?Q4'
import q4_k from '../../shaders/matvec.wgsl?Q4_K'
import q5 from '../../shaders/matvec.wgsl?Q5'
import q5_k from '../../shaders/matvec.wgsl?Q5_K'
import q6_k from '../../shaders/matvec.wgsl?Q6_K'
import q8 from '../../shaders/matvec.wgsl?Q8'
import { byMatrix, ceilDiv, kernel } from '../gpu/kernel.ts'
import { padded } from '../model/matrix.ts'
import { folded } from './folded.ts'
import { portable, type MatvecVariant } from './variants.ts'

/**
 * Matrix-vector product, plus bias, for up to TOKENS inputs. ADDS = 1 adds to the output instead of overwriting it; ROW_LANES
 * from rowLanes.
 */
export const matvec = byMatrix({ f16, f32, q4, q4_k, q5, q5_k, q6_k, q8 }, (source) =>
  kernel({
    name: 'matvec',
    source,
    params: { tokens: 'u32', outs: 'u32', in_eights: 'u32', out_width: 'u32', first_out: 'u32' },
    bindings: { input: 'read', matrix: 'read', output: 'write', bias: 'read' },
    constants: ['ADDS', 'TOKENS', 'ROW_LANES'],
  }),
)

/** Weights in a lane's single load; 4 PIECE_QUADS in the shaders. */
const pieceWeights = {
  f16: 8,
  f32: 8,
  q8: 16,
  q4: 32,
  q5: 32,
  q4_k: 32,
  q5_k: 32,
  q6_k: 32,
} as const

/**
 * Lanes that share four matrix rows. Short rows get few lanes: a row of 896 is 112 pieces in f16 and 28 in 4 bits, which
 * would leave most of 64 lanes idle. Where a lane would load more than four pieces in sequence, four times as many lanes
 * share the rows, since long rows are bound by memory. A variant takes more or fewer. On a CPU each lane has its rows alone,
 * as barriers cost more than anything else there.
 */
export function rowLanes(
  ins: number,
  storage: MatrixStorage,
  onCpu: boolean,
  { lanesFactor }: MatvecVariant = portable.matvec,
): number {
  if (onCpu) return 1
  const few = pieceWeights[storage] === 32 ? 32 : 64
  const usual = padded(ins) / pieceWeights[storage] > 4 * few ? 4 * few : few
  return Math.min(mostLanes, lanesFactor * usual)
}

/** Lanes of the largest workgroup that every device allows. */
const mostLanes = 256

/** Fours of matrix rows in a workgroup; FOURS in the shaders. */
export function foursOf(lanes: number): number {
  return lanes === 1 ? 16 : ceilDiv(64, lanes)
}

export function matvecGrid(outs: number, lanes: number): readonly [number, number] {
  return folded(ceilDiv(outs, 4 * foursOf(lanes)))
}
