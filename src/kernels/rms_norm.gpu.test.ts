import { expect } from 'vitest'
import { rmsNorm as expected } from '../../reference/rms_norm.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { rmsNorm } from './rms_norm.ts'

gpuTest.for([1, 32, 50, 300])(
  'rows of %d, from the first and from a later one, overwriting and adding',
  async (width, { gpu }) => {
    const rows = 5
    const x = randomValues(rows * width, 1).map((value) => 10 * value)
    const weight = randomValues(width, 2)
    for (const [first, epsilon] of [
      [0, 1e-5],
      [3, 0.5],
    ] as const) {
      const before = randomValues((rows - first) * width, 3)
      for (const ADDS of [0, 1] as const) {
        const normed = gpu.uploadRows(before, width)
        await gpu.run(
          rmsNorm,
          { ADDS },
          { first_row: first, width, row_quads: padded(width) / 4, epsilon },
          { x: gpu.uploadRows(x, width), weight: gpu.uploadRows(weight, width), normed },
          [rows - first],
        )
        const wanted = expected(x.subarray(first * width), weight, epsilon)
        const sums = wanted.map((value, i) => value + ADDS * before[i]!)
        expectClose(await gpu.readRows(normed, width), sums, tolerance.sum)
      }
    }
  },
)

gpuTest('a row whose squares overflow holds no number, others theirs', async ({ gpu }) => {
  const x = randomValues(3 * 32, 5)
  x[40] = 1e20
  const normed = gpu.zeroRows(3, 32)
  const weight = new Float32Array(32).fill(1)
  await gpu.run(
    rmsNorm,
    { ADDS: 0 },
    { first_row: 0, width: 32, row_quads: 8, epsilon: 1e-6 },
    { x: gpu.upload(x), weight: gpu.upload(weight), normed },
    [3],
  )
  const got = await gpu.readRows(normed, 32)
  expect([...got.subarray(32, 64)]).toEqual(Array.from({ length: 32 }, () => NaN))
  for (const row of [0, 2]) {
    const own = x.subarray(32 * row, 32 * row + 32)
    expectClose(got.slice(32 * row, 32 * row + 32), expected(own, weight, 1e-6), tolerance.sum)
  }
})

gpuTest('a row of zeros stays zero', async ({ gpu }) => {
  const normed = gpu.zeroRows(1, 40)
  await gpu.run(
    rmsNorm,
    { ADDS: 0 },
    { first_row: 0, width: 40, row_quads: 16, epsilon: 1e-6 },
    { x: gpu.zeroRows(1, 40), weight: gpu.uploadRows(randomValues(40, 1), 40), normed },
    [1],
  )
  expectClose(await gpu.readRows(normed, 40), new Float32Array(40), 0)
})
