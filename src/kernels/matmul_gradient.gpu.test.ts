import { matmulGradient as reference } from '../../reference/matmul_gradient.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { matmulGradient, matmulGradientGrid } from './matmul_gradient.ts'

gpuTest.for([
  [1, 1, 1],
  [17, 40, 9],
  [33, 70, 130],
] as const)('%d rows, %d outs, %d ins', async ([rows, outs, ins], { gpu }) => {
  const slopes = randomValues(rows * outs, 1)
  const input = randomValues(rows * ins, 2)
  const before = randomValues(outs * ins, 3)
  const gradient = gpu.uploadRows(before, ins)
  await gpu.run(
    matmulGradient,
    {},
    { rows, outs, out_quads: padded(outs) / 4, in_quads: padded(ins) / 4 },
    { slopes: gpu.uploadRows(slopes, outs), input: gpu.uploadRows(input, ins), gradient },
    matmulGradientGrid(outs, ins),
  )
  expectClose(
    await gpu.readRows(gradient, ins),
    reference(slopes, input, rows).map((value, i) => value + before[i]!), // the kernel adds to the gradient
    tolerance.sum,
  )
})
