import { expect } from 'vitest'
import { rmsNorm } from '../../reference/rms_norm.ts'
import { addBias, projectOnto } from '../../reference/project.ts'
import type { MatrixStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { randomMatrix } from '../testing/random_matrix.ts'
import { rmsNormMatvec } from './rms_norm_matvec.ts'
import { matvecGrid, rowLanes } from './matvec.ts'
import { fewTokens } from './few_tokens.ts'

/** The matrix in two parts, times the RMS norm of a row. */
async function check(
  gpu: TestGpu,
  storage: MatrixStorage,
  ins: number,
  parts: readonly [number, number],
  epsilon: number,
  { onCpu = false, tokens = 1 } = {},
): Promise<Float32Array> {
  const width = parts[0] + parts[1]
  const x = randomValues(tokens * ins, 1).map((value) => 10 * value)
  const weight = randomValues(ins, 2)
  const matrix = randomMatrix(width, ins, storage, 3)
  const output = gpu.uploadRows(randomValues(tokens * width, 4), width)
  const bias = parts[0] > 5 ? randomValues(width, 5) : new Float32Array(1) // none
  const buffers = {
    residual: gpu.uploadRows(x, ins),
    weight: gpu.uploadRows(weight, ins),
    output,
    bias: gpu.upload(bias),
  }
  const ROW_LANES = rowLanes(ins, storage, onCpu)
  let first_out = 0
  for (const outs of parts) {
    await gpu.run(
      rmsNormMatvec[storage],
      { ROW_LANES, TOKENS: tokens === 1 ? 1 : fewTokens },
      {
        tokens,
        outs,
        in_eights: padded(ins) / 8,
        out_width: padded(width),
        first_out,
        width: ins,
        epsilon,
      },
      { ...buffers, matrix: matrix.upload(gpu, first_out, outs) },
      matvecGrid(outs, ROW_LANES),
    )
    first_out += outs
  }
  const expected = new Float32Array(tokens * width)
  projectOnto(rmsNorm(x, weight, epsilon), matrix.values, ins, expected)
  const computed = await gpu.readRows(output, width)
  expectClose(computed, addBias(expected, bias), tolerance.sum)
  return computed
}

gpuTest.for(['f16', 'f32', 'q8', 'q4'] as const)('%s', async (storage, { gpu }) => {
  await check(gpu, storage, 1, [1, 1], 1e-5)
  await check(gpu, storage, 50, [7, 9], 0.5)
  await check(gpu, storage, 700, [64, 3], 1e-6)
  await check(gpu, storage, 4400, [5, 4], 1e-6)
})

gpuTest.for(['q5', 'q4_k', 'q5_k', 'q6_k'] as const)(
  '%s as files have it',
  async (storage, { gpu }) => {
    await check(gpu, storage, 256, [7, 9], 1e-6)
    await check(gpu, storage, 4608, [5, 4], 1e-6)
  },
)

gpuTest.for(['f16', 'q4', 'q6_k'] as const)(
  '%s, four rows by each lane',
  async (storage, { gpu }) => {
    await check(gpu, storage, 768, [7, 67], 1e-6, { onCpu: true })
  },
)

gpuTest.for(['f16', 'q8', 'q4_k'] as const)(
  '%s, a few tokens, each as if it were alone',
  async (storage, { gpu }) => {
    const alone = await check(gpu, storage, 4608, [5, 4], 1e-6)
    for (const tokens of [2, fewTokens]) {
      const few = await check(gpu, storage, 4608, [5, 4], 1e-6, { tokens })
      expect([...few.subarray(0, alone.length)]).toEqual([...alone])
    }
  },
)
