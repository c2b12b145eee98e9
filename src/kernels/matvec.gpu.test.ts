import { expect } from 'vitest'
import { addBias, projectOnto } from '../../reference/project.ts'
import type { MatrixStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { randomMatrix } from '../testing/random_matrix.ts'
import { matvec, matvecGrid, rowLanes } from './matvec.ts'
import { fewTokens } from './few_tokens.ts'
import { matvecVariants, portable } from './variants.ts'

async function check(
  gpu: TestGpu,
  storage: MatrixStorage,
  ADDS: 0 | 1,
  ins: number,
  partOuts: readonly number[],
  {
    onCpu = false,
    hasBias = true,
    gridOf = matvecGrid,
    tokens = 1,
    variant = portable.matvec,
  } = {},
): Promise<Float32Array> {
  const width = partOuts.reduce((a, b) => a + b)
  const x = randomValues(tokens * ins, 1)
  const matrix = randomMatrix(width, ins, storage, 2)
  const before = randomValues(tokens * width, 3)
  const input = gpu.uploadRows(x, ins)
  const output = gpu.uploadRows(before, width)
  const lanes = rowLanes(ins, storage, onCpu, variant)
  const bias = hasBias ? randomValues(width, 4) : new Float32Array(1)
  const biasBuffer = gpu.upload(bias)
  let first = 0
  for (const outs of partOuts) {
    await gpu.run(
      matvec[storage],
      { ADDS, ROW_LANES: lanes, TOKENS: tokens === 1 ? 1 : fewTokens },
      { tokens, outs, in_eights: padded(ins) / 8, out_width: padded(width), first_out: first },
      { input, matrix: matrix.upload(gpu, first, outs), output, bias: biasBuffer },
      gridOf(outs, lanes),
    )
    first += outs
  }
  const expected = ADDS === 1 ? before.slice() : new Float32Array(tokens * width)
  projectOnto(x, matrix.values, ins, expected)
  const computed = await gpu.readRows(output, width)
  expectClose(computed, addBias(expected, bias), tolerance.sum)
  return computed
}

gpuTest.for([
  ['f16', 0],
  ['f16', 1],
  ['f32', 0],
  ['f32', 1],
  ['q8', 0],
  ['q8', 1],
  ['q4', 0],
  ['q4', 1],
] as const)('%s, adds %d', async ([storage, adds], { gpu }) => {
  await check(gpu, storage, adds, 1, [1])
  await check(gpu, storage, adds, 33, [6])
  await check(gpu, storage, adds, 64, [64])
  await check(gpu, storage, adds, 96, [7, 9, 8])
  await check(gpu, storage, adds, 700, [70]) // more eights than lanes
  await check(gpu, storage, adds, 4400, [9]) // long enough that more lanes share a row
})

gpuTest.for([
  ['q5', 0],
  ['q4_k', 1],
  ['q5_k', 0],
  ['q6_k', 1],
] as const)('%s as files have it, adds %d', async ([storage, adds], { gpu }) => {
  await check(gpu, storage, adds, 256, [1])
  await check(gpu, storage, adds, 768, [7, 9, 8])
  await check(gpu, storage, adds, 4608, [9]) // long enough that more lanes share a row
})

gpuTest.for(['f16', 'q8', 'q4', 'q5', 'q4_k', 'q6_k'] as const)(
  '%s, four rows by each lane',
  async (storage, { gpu }) => {
    await check(gpu, storage, 0, 768, [7, 1, 130], { onCpu: true })
    await check(gpu, storage, 1, 256, [70], { onCpu: true })
  },
)

gpuTest.for(['f16', 'f32', 'q8', 'q4', 'q5', 'q4_k', 'q5_k', 'q6_k'] as const)(
  '%s, a few tokens, each as if it were alone',
  async (storage, { gpu }) => {
    const alone = await check(gpu, storage, 1, 768, [7, 70], { onCpu: true })
    for (const tokens of [2, fewTokens]) {
      const few = await check(gpu, storage, 1, 768, [7, 70], { onCpu: true, tokens })
      expect([...few.subarray(0, alone.length)]).toEqual([...alone])
    }
  },
)

gpuTest('a matrix in parts writes side by side', async ({ gpu }) => {
  await check(gpu, 'f16', 0, 40, [7, 64, 1])
  await check(gpu, 'f32', 1, 40, [1, 66])
})

gpuTest('a matrix without bias', async ({ gpu }) => {
  await check(gpu, 'f16', 0, 40, [7, 64, 1], { hasBias: false })
})

gpuTest('a folded grid reaches every output once', async ({ gpu }) => {
  await check(gpu, 'f32', 1, 40, [90], { gridOf: () => [8, 3] as const }) // more workgroups than the outputs need
})

gpuTest.for(matvecVariants)(
  'every variant multiplies, a few tokens as if each were alone: $name',
  async (variant, { gpu }) => {
    const alone = await check(gpu, 'q4', 1, 700, [7, 70], { variant })
    const few = await check(gpu, 'q4', 1, 700, [7, 70], { variant, tokens: fewTokens })
    expect([...few.subarray(0, alone.length)]).toEqual([...alone])
  },
)
