import { expect } from 'vitest'
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
import { fewTokens } from './few_tokens.ts'

async function check(
  gpu: TestGpu,
  storage: MatrixStorage,
  activation: 'silu' | 'gelu',
  ins: number,
  feedForward: number,
  { onCpu = false, tokens = 1 } = {},
): Promise<Float32Array> {
  const epsilon = 1e-5
  const x = randomValues(tokens * ins, 1).map((value) => 10 * value)
  const weight = randomValues(ins, 2)
  const matrix = randomMatrix(2 * feedForward, ins, storage, 3)
  const gated = gpu.uploadRows(randomValues(tokens * feedForward, 4), feedForward)
  const ROW_LANES = rowLanes(ins, storage, onCpu)
  await gpu.run(
    gatedMatvec[storage],
    {
      ROW_LANES,
      TOKENS: tokens === 1 ? 1 : fewTokens,
      GELU: activation === 'gelu' ? 1 : 0,
    },
    {
      tokens,
      feed_forward: feedForward,
      in_eights: padded(ins) / 8,
      out_width: padded(feedForward),
      width: ins,
      epsilon,
    },
    {
      residual: gpu.uploadRows(x, ins),
      matrix: matrix.upload(gpu, 0, 2 * feedForward),
      weight: gpu.uploadRows(weight, ins),
      gated,
    },
    gatedMatvecGrid(feedForward, ROW_LANES),
  )
  const gateUp = new Float32Array(tokens * 2 * feedForward)
  projectOnto(rmsNorm(x, weight, epsilon), matrix.values, ins, gateUp)
  const expected = gate(gateUp, feedForward, activation)
  const computed = await gpu.readRows(gated, feedForward)
  expectClose(computed, expected, tolerance.attention)
  return computed
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
    await check(gpu, storage, 'silu', 768, 67, { onCpu: true })
  },
)

gpuTest.for(['f16', 'q8', 'q4_k'] as const)(
  '%s, a few tokens, each as if it were alone',
  async (storage, { gpu }) => {
    const alone = await check(gpu, storage, 'silu', 4608, 5)
    for (const tokens of [2, fewTokens]) {
      const few = await check(gpu, storage, 'silu', 4608, 5, { tokens })
      expect([...few.subarray(0, alone.length)]).toEqual([...alone])
    }
  },
)
