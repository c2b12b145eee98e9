import { projectOnto } from '../../reference/project.ts'
import type { WeightStorage } from '../gpu/kernel.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { storedMatrix } from '../testing/rows.ts'
import { projectChunk, projectChunkGrid } from './project_chunk.ts'

/** The matrix comes in as many parts as there are numbers in `partOuts`. */
async function check(
  gpu: TestGpu,
  storage: WeightStorage,
  ADDS: 0 | 1,
  rows: number,
  ins: number,
  partOuts: readonly number[],
): Promise<void> {
  const width = partOuts.reduce((a, b) => a + b)
  const x = randomValues(rows * ins, 1)
  const matrix = storedMatrix(randomValues(width * ins, 2), ins, storage)
  const before = randomValues(rows * width, 3)
  const input = gpu.uploadRows(x, ins)
  const output = gpu.uploadRows(before, width)
  let first = 0
  for (const outs of partOuts) {
    const part = matrix.subarray(first * ins, (first + outs) * ins)
    await gpu.run(
      projectChunk[storage],
      { ADDS },
      { rows, outs, in_eights: padded(ins) / 8, out_width: padded(width), first_out: first },
      { input, matrix: gpu.uploadMatrix(part, ins, storage), output },
      projectChunkGrid(outs, rows),
    )
    first += outs
  }
  const expected = ADDS === 1 ? before.slice() : new Float32Array(before.length)
  projectOnto(x, matrix, ins, expected)
  expectClose(await gpu.readRows(output, width), expected, tolerance.sum)
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
  await check(gpu, storage, adds, 1, 1, [1])
  await check(gpu, storage, adds, 2, 33, [65])
  await check(gpu, storage, adds, 64, 64, [64])
  await check(gpu, storage, adds, 67, 100, [70])
  await check(gpu, storage, adds, 130, 40, [3])
})

gpuTest('a matrix in parts writes side by side', async ({ gpu }) => {
  await check(gpu, 'f16', 0, 5, 40, [70, 64, 1])
  await check(gpu, 'f32', 1, 5, 40, [1, 66])
})
