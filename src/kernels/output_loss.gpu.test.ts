import { outputLoss as reference } from '../../reference/output_loss.ts'
import { padded } from '../model/matrix.ts'
import { attentionShape, headConstants } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { outputLoss } from './output_loss.ts'

gpuTest.for([
  [1, 1, 2, 1],
  [6, 3, 10, 9],
  [8, 1, 12, 40],
] as const)('%d heads on %d kv heads of size %d, %d rows', async ([...sizes], { gpu }) => {
  const [heads, kvHeads, headSize, rows] = sizes
  const width = heads * headSize
  const [outputs, targets] = [randomValues(rows * width, 1), randomValues(rows * width, 2)]
  const lse = randomValues(rows * heads, 3)
  const slopes = gpu.zeroRows(rows, width)
  const softmax = gpu.upload(new Float32Array(2 * rows * heads))
  const losses = gpu.upload(new Float32Array(2 * kvHeads * 2).fill(0.5))
  const weight = 0.25
  await gpu.run(
    outputLoss,
    headConstants(attentionShape(heads, kvHeads, headSize)),
    { rows, width: padded(width), weight, first_loss: kvHeads },
    {
      outputs: gpu.uploadRows(outputs, width),
      targets: gpu.uploadRows(targets, width),
      lse: gpu.upload(lse),
      slopes,
      softmax,
      losses,
    },
    [kvHeads],
  )
  const expected = reference(outputs, targets, weight)
  expectClose(await gpu.readRows(slopes, width), expected.slopes, tolerance.sum)
  const subtracted = Array.from(lse, (logSum, row) => {
    const of = (values: Float32Array) => values.subarray(row * headSize, (row + 1) * headSize)
    const own = of(outputs)
    return [logSum, of(expected.slopes).reduce((sum, slope, i) => sum + slope * own[i]!, 0)]
  })
  expectClose(await gpu.readValues(softmax), subtracted.flat(), tolerance.sum)
  const all = await gpu.readValues(losses)
  const added = (part: number) =>
    all.subarray(2 * kvHeads).reduce((sum, value, i) => sum + (i % 2 === part ? value - 0.5 : 0), 0)
  expectClose([added(0), added(1)], [expected.difference, expected.size], tolerance.sum)
})
