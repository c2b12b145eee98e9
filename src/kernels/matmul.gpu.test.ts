import { addBias, projectOnto } from '../../reference/project.ts'
import type { MatrixStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { randomMatrix } from '../testing/random_matrix.ts'
import { matmul, matmulGrid, tileConstants } from './matmul.ts'
import { matmulVariants, portable, type TileSide } from './variants.ts'

/** The matrix is split into parts of `partOuts` rows. */
async function check(
  gpu: TestGpu,
  storage: MatrixStorage,
  SIDE: TileSide,
  ADDS: 0 | 1,
  rows: number,
  ins: number,
  partOuts: readonly number[],
  variant = portable.matmul,
): Promise<void> {
  const width = partOuts.reduce((a, b) => a + b)
  const x = randomValues(rows * ins, 1)
  const matrix = randomMatrix(width, ins, storage, 2)
  const before = randomValues(rows * width, 3)
  const input = gpu.uploadRows(x, ins)
  const output = gpu.uploadRows(before, width)
  const bias = ADDS === 1 ? randomValues(width, 4) : new Float32Array(1) // none
  const biasBuffer = gpu.upload(bias)
  let first = 0
  for (const outs of partOuts) {
    await gpu.run(
      matmul[storage],
      { ADDS, ...tileConstants(SIDE, variant) },
      { rows, outs, in_eights: padded(ins) / 8, out_width: padded(width), first_out: first },
      { input, matrix: matrix.upload(gpu, first, outs), output, bias: biasBuffer },
      matmulGrid(outs, rows, SIDE),
    )
    first += outs
  }
  const expected = ADDS === 1 ? before.slice() : new Float32Array(before.length)
  projectOnto(x, matrix.values, ins, expected)
  expectClose(await gpu.readRows(output, width), addBias(expected, bias), tolerance.sum)
}

const sizes = [
  [1, 1, 1],
  [2, 33, 65],
  [64, 64, 64],
  [67, 100, 70],
  [130, 40, 3],
] as const
const cases = (['f16', 'f32', 'q8', 'q4'] as const).flatMap((storage) =>
  ([64, 128] as const).flatMap((side) =>
    ([0, 1] as const).flatMap((adds) =>
      sizes.map((size) => [storage, side, adds, ...size] as const),
    ),
  ),
)

gpuTest.for(cases)(
  '%s, tiles of %d, adds %d, %d rows of %d by %d',
  async ([storage, side, adds, rows, ins, outs], { gpu }) => {
    await check(gpu, storage, side, adds, rows, ins, [outs])
  },
)

gpuTest('a matrix in parts writes side by side', async ({ gpu }) => {
  await check(gpu, 'f16', 64, 0, 5, 40, [70, 64, 1])
  await check(gpu, 'f32', 128, 1, 5, 40, [1, 130])
})

gpuTest.for(['q5', 'q4_k', 'q5_k', 'q6_k'] as const)(
  '%s as files have it',
  async (storage, { gpu }) => {
    await check(gpu, storage, 64, 0, 67, 256, [70])
    await check(gpu, storage, 128, 1, 130, 512, [5, 2])
  },
)

gpuTest.for(matmulVariants)('every variant multiplies: $name', async (variant, { gpu }) => {
  await check(gpu, 'q8', variant.largest, 1, 131, 100, [70, 3], variant)
  await check(gpu, 'f16', 64, 0, 67, 40, [130], variant)
})
