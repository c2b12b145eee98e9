import { embed as expected } from '../../reference/embed.ts'
import type { MatrixStorage } from '../api/settings.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers } from '../testing/random.ts'
import { randomMatrix } from '../testing/random_matrix.ts'
import { embed } from './embed.ts'

async function check(
  gpu: TestGpu,
  storage: MatrixStorage,
  hidden: number,
  type?: string,
): Promise<void> {
  const partIds = [20, 1, 29]
  const table = randomMatrix(50, hidden, storage, 1, type)
  const ids = Uint32Array.from([0, 19, 20, 21, 49, ...randomIntegers(30, 50, 2)])
  const idBuffer = gpu.upload(ids)
  const residual = gpu.zeroRows(ids.length, hidden)
  let first = 0
  for (const count of partIds) {
    await gpu.run(
      embed[storage],
      {},
      { first_id: first, part_ids: count, row_eights: padded(hidden) / 8, scale: 1.5 },
      { ids: idBuffer, matrix: table.upload(gpu, first, count), residual },
      [ids.length],
    )
    first += count
  }
  expectClose(await gpu.readRows(residual, hidden), expected(ids, table.values, hidden, 1.5), 0)
}

gpuTest.for([
  ['f16', 1],
  ['f16', 40],
  ['f32', 64],
  ['f32', 1000],
  ['q8', 40],
  ['q4', 100],
] as const)('%s, hidden size %d, the table in three parts', async ([storage, hidden], { gpu }) => {
  await check(gpu, storage, hidden)
})

// The values are those of `blocks.ts`, bit for bit, which the Python package `gguf` agrees with (blocks.test.ts).
gpuTest.for([
  ['Q8_0', 'q8', 96],
  ['Q4_0', 'q4', 96],
  ['Q4_1', 'q4', 64],
  ['Q5_0', 'q5', 96],
  ['Q5_1', 'q5', 64],
  ['Q4_K', 'q4_k', 512],
  ['Q5_K', 'q5_k', 512],
  ['Q6_K', 'q6_k', 768],
] as const)(
  'GGUF’s %s in %s, hidden size %d, exactly',
  async ([type, storage, hidden], { gpu }) => {
    await check(gpu, storage, hidden, type)
  },
)
