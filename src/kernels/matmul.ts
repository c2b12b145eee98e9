import f16 from '../../shaders/matmul.wgsl?F16'
import f32 from '../../shaders/matmul.wgsl?F32'
import q4 from '../../shaders/matmul.wgsl?Q4'
import q4_k from '../../shaders/matmul.wgsl?Q4_K'
import q5 from '../../shaders/matmul.wgsl?Q5'
import q5_k from '../../shaders/matmul.wgsl?Q5_K'
import q6_k from '../../shaders/matmul.wgsl?Q6_K'
import q8 from '../../shaders/matmul.wgsl?Q8'
import { byMatrix, ceilDiv, kernel } from '../gpu/kernel.ts'
import { portable, type MatmulVariant, type TileSide } from './variants.ts'

/** Matrix-matrix product, plus bias. ADDS = 1 adds to the output instead of overwriting it; the others from tileConstants. */
export const matmul = byMatrix({ f16, f32, q4, q4_k, q5, q5_k, q6_k, q8 }, (source) =>
  kernel({
    name: 'matmul',
    source,
    params: { rows: 'u32', outs: 'u32', in_eights: 'u32', out_width: 'u32', first_out: 'u32' },
    bindings: { input: 'read', matrix: 'read', output: 'write', bias: 'read' },
    constants: ['ADDS', 'SIDE', 'LANE_ROWS', 'DEPTH'],
  }),
)

/** Constants of a tile. Either portable one takes 16 KiB of workgroup memory. */
export function tileConstants(
  SIDE: TileSide,
  { laneRows, depthShare }: MatmulVariant = portable.matmul,
): { readonly SIDE: number; readonly LANE_ROWS: number; readonly DEPTH: number } {
  return { SIDE, LANE_ROWS: laneRows, DEPTH: (depthShare * 2048) / SIDE }
}

/** Workgroups that keep a large GPU busy. */
const manyGroups = 128

/**
 * The large tile reads half as many bytes per value. It is chosen where it gives enough workgroups and is at least half
 * full.
 */
export function matmulSide(outs: number, rows: number): TileSide {
  const [x, y] = matmulGrid(outs, rows, 128)
  return Math.min(outs, rows) > 64 && x * y >= manyGroups ? 128 : 64
}

export function matmulGrid(outs: number, rows: number, side: TileSide): readonly [number, number] {
  return [ceilDiv(outs, side), ceilDiv(rows, side)]
}
