import { gate } from '../../reference/gate.ts'
import { projectOnto } from '../../reference/project.ts'
import type { MatrixStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { randomMatrix } from '../testing/random_matrix.ts'
import { gatedMatmul } from './gated_matmul.ts'
import { matmulGrid, tileConstants } from './matmul.ts'
import { matmulVariants, portable, type TileSide } from './variants.ts'

async function check(
  gpu: TestGpu,
  storage: MatrixStorage,
  SIDE: TileSide,
  activation: 'silu' | 'gelu',
  rows: number,
  ins: number,
  feedForward: number,
  variant = portable.matmul,
): Promise<void> {
  const x = randomValues(rows * ins, 1)
  const matrix = randomMatrix(2 * feedForward, ins, storage, 2)
  const out_width = padded(feedForward)
  const gated = gpu.upload(randomValues(rows * out_width, 3)) // also behind a row
  await gpu.run(
    gatedMatmul[storage],
    { ...tileConstants(SIDE, variant), GELU: activation === 'gelu' ? 1 : 0 },
    { rows, feed_forward: feedForward, in_eights: padded(ins) / 8, out_width },
    { input: gpu.uploadRows(x, ins), matrix: matrix.upload(gpu, 0, 2 * feedForward), gated },
    matmulGrid(2 * feedForward, rows, SIDE),
  )
  const gateUp = new Float32Array(rows * 2 * feedForward)
  projectOnto(x, matrix.values, ins, gateUp)
  const expected = gate(gateUp, feedForward, activation)
  expectClose(await gpu.readRows(gated, feedForward), expected, tolerance.attention)
}

const sizes = [
  [2, 33, 1],
  [64, 64, 32],
  [67, 100, 70],
  [130, 40, 65],
] as const
const cases = (['f16', 'f32', 'q8', 'q4'] as const).flatMap((storage) =>
  ([64, 128] as const).flatMap((side) => sizes.map((size) => [storage, side, ...size] as const)),
)

gpuTest.for(cases)(
  '%s, tiles of %d, %d rows of %d by %d',
  async ([storage, side, rows, ins, feedForward], { gpu }) => {
    const activation = storage === 'q4' ? 'gelu' : 'silu'
    await check(gpu, storage, side, activation, rows, ins, feedForward)
  },
)

gpuTest.for(['q5', 'q4_k', 'q5_k', 'q6_k'] as const)(
  '%s as files have it',
  async (storage, { gpu }) => {
    await check(gpu, storage, 64, 'silu', 67, 256, 70)
    await check(gpu, storage, 128, 'gelu', 130, 512, 5)
  },
)

gpuTest.for(matmulVariants)('every variant multiplies: $name', async (variant, { gpu }) => {
  await check(gpu, 'f16', variant.largest, 'silu', 67, 100, 70, variant)
})
