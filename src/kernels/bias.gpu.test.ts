import { addBias } from '../../reference/project.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { bias, biasGrid } from './bias.ts'

gpuTest.for([1, 40, 64, 200])('rows of %d', async (width, { gpu }) => {
  const rows = 3
  const x = randomValues(rows * width, 1)
  const vector = randomValues(width, 2)
  const buffer = gpu.uploadRows(x, width)
  await gpu.run(
    bias,
    {},
    { width, row_width: padded(width) },
    { bias: gpu.upload(vector), rows: buffer },
    biasGrid(width, rows),
  )
  expectClose(await gpu.readRows(buffer, width), addBias(x, vector), tolerance.sum)
})
