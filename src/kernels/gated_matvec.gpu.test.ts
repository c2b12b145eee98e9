import { gate } from '../../reference/gate.ts'
import { rmsNorm } from '../../reference/rms_norm.ts'
import { projectOnto } from '../../reference/project.ts'
import type { WeightStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { storedMatrix } from '../testing/rows.ts'
import { gatedMatvec, gatedMatvecGrid } from './gated_matvec.ts'
import { rowLanes } from './matvec.ts'

async function check(
  gpu: TestGpu,
  storage: WeightStorage,
  activation: 'silu' | 'gelu',
  ins: number,
  feedForward: number,
): Promise<void> {
  const epsilon = 1e-5
  const x = randomValues(ins, 1).map((value) => 10 * value)
  const weight = randomValues(ins, 2)
  const matrix = storedMatrix(randomValues(2 * feedForward * ins, 3), ins, storage)
  const gated = gpu.uploadRows(randomValues(feedForward, 4), feedForward)
  const ROW_LANES = rowLanes(ins, storage)
  await gpu.run(
    gatedMatvec[storage],
    { ROW_LANES, GELU: activation === 'gelu' ? 1 : 0 },
    { feed_forward: feedForward, in_eights: padded(ins) / 8, width: ins, epsilon },
    {
      residual: gpu.uploadRows(x, ins),
      matrix: gpu.uploadMatrix(matrix, ins, storage),
      weight: gpu.uploadRows(weight, ins),
      gated,
    },
    gatedMatvecGrid(feedForward, ROW_LANES),
  )
  const gateUp = new Float32Array(2 * feedForward)
  projectOnto(rmsNorm(x, weight, epsilon), matrix, ins, gateUp)
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
