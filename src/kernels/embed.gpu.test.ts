import { embed as expected } from '../../reference/embed.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { storedMatrix } from '../testing/rows.ts'
import { embed } from './embed.ts'

gpuTest.for([
  ['f16', 1],
  ['f16', 40],
  ['f32', 64],
  ['f32', 1000],
  ['q8', 40],
  ['q4', 100],
] as const)('%s, hidden size %d, the table in three parts', async ([storage, hidden], { gpu }) => {
  const partIds = [20, 1, 29]
  const table = storedMatrix(randomValues(50 * hidden, 1), hidden, storage)
  const ids = Uint32Array.from([0, 19, 20, 21, 49, ...randomIntegers(30, 50, 2)])
  const idBuffer = gpu.upload(ids)
  const residual = gpu.zeroRows(ids.length, hidden)
  let first = 0
  for (const count of partIds) {
    const part = table.subarray(first * hidden, (first + count) * hidden)
    await gpu.run(
      embed[storage],
      {},
      { first_id: first, part_ids: count, row_eights: padded(hidden) / 8, scale: 1.5 },
      { ids: idBuffer, matrix: gpu.uploadMatrix(part, hidden, storage), residual },
      [ids.length],
    )
    first += count
  }
  expectClose(await gpu.readRows(residual, hidden), expected(ids, table, hidden, 1.5), 0)
})
