import { gate } from '../../reference/gate.ts'
import { rmsNorm } from '../../reference/rms_norm.ts'
import { projectOnto } from '../../reference/project.ts'
import type { MatrixStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { randomMatrix } from '../testing/random_matrix.ts'
import { gatedMatvec, gatedMatvecGrid } from './gated_matvec.ts'
import { rowLanes } from './matvec.ts'

async function check(
  gpu: TestGpu,
  storage: MatrixStorage,
  activation: 'silu' | 'gelu',
  ins: number,
  feedForward: number,
  onCpu = false,
): Promise<void> {
  const epsilon = 1e-5
  const x = randomValues(ins, 1).map((value) => 10 * value)
  const weight = randomValues(ins, 2)
  const matrix = randomMatrix(2 * feedForward, ins, storage, 3)
  const gated = gpu.uploadRows(randomValues(feedForward, 4), feedForward)
  const ROW_LANES = rowLanes(ins, storage, onCpu)
  await gpu.run(
    gatedMatvec[storage],
    { ROW_LANES, GELU: activation === 'gelu' ? 1 : 0 },
    { feed_forward: feedForward, in_eights: padded(ins) / 8, width: ins, epsilon },
    {
      residual: gpu.uploadRows(x, ins),
      matrix: matrix.upload(gpu, 0, 2 * feedForward),
      weight: gpu.uploadRows(weight, ins),
      gated,
    },
    gatedMatvecGrid(feedForward, ROW_LANES),
  )
  const gateUp = new Float32Array(2 * feedForward)
  projectOnto(rmsNorm(x, weight, epsilon), matrix.values, ins, gateUp)
  const expected = gate(gateUp, feedForward, activation)
  expectClose(await gpu.readRows(gated, feedForward), expected, tolerance.attention)
}

gpuTest.for([
  ['f16', 'silu'],
  ['f16', 'gelu'],
  ['f32', 'silu'],
  ['q8', 'silu'],
  ['q4', 'gelu'],
] as const)('%s, %s', async ([storage, activation], { gpu }) => {
  await check(gpu, storage, activation, 1, 1)
  await check(gpu, storage, activation, 50, 17)
  await check(gpu, storage, activation, 700, 64)
  await check(gpu, storage, activation, 4400, 5)
})

gpuTest.for(['q5', 'q4_k', 'q5_k', 'q6_k'] as const)(
  '%s as files have it',
  async (storage, { gpu }) => {
    await check(gpu, storage, 'silu', 256, 17)
    await check(gpu, storage, 'gelu', 4608, 5)
  },
)

gpuTest.for(['f16', 'q4', 'q6_k'] as const)(
  '%s, four rows by each lane',
  async (storage, { gpu }) => {
    await check(gpu, storage, 'silu', 768, 67, true)
  },
)
