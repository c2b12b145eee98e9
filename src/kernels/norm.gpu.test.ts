import { norm as expected } from '../../reference/norm.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { norm } from './norm.ts'

gpuTest.for([1, 32, 50, 300])(
  'rows of %d, from the first and from a later one',
  async (width, { gpu }) => {
    const rows = 5
    const x = randomValues(rows * width, 1).map((value) => 10 * value)
    const weight = randomValues(width, 2)
    for (const [first, epsilon] of [
      [0, 1e-5],
      [3, 0.5],
    ] as const) {
      const normed = gpu.zeroRows(rows - first, width)
      await gpu.run(
        norm,
        {},
        { first_row: first, width, row_quads: padded(width) / 4, epsilon },
        { x: gpu.uploadRows(x, width), weight: gpu.uploadRows(weight, width), normed },
        [rows - first],
      )
      const wanted = expected(x.subarray(first * width), weight, epsilon)
      expectClose(await gpu.readRows(normed, width), wanted, tolerance.sum)
    }
  },
)

gpuTest('a row of zeros stays zero', async ({ gpu }) => {
  const normed = gpu.zeroRows(1, 40)
  await gpu.run(
    norm,
    {},
    { first_row: 0, width: 40, row_quads: 16, epsilon: 1e-6 },
    { x: gpu.zeroRows(1, 40), weight: gpu.uploadRows(randomValues(40, 1), 40), normed },
    [1],
  )
  expectClose(await gpu.readRows(normed, 40), new Float32Array(40), 0)
})
