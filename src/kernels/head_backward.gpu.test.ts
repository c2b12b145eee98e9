import { headBackward as reference } from '../../reference/head_backward.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { headBackward, headBackwardGrid } from './head_backward.ts'

gpuTest.for([
  [1, 1, 1],
  [2, 24, 9],
  [3, 70, 40],
  [8, 256, 17],
] as const)('%d kv heads, hidden width %d, %d rows', async ([...sizes], { gpu }) => {
  const [kvHeads, width, rows] = sizes
  const [firstToken, capacity] = [5, rows + 8]
  const slopes = randomValues(kvHeads * rows, 1)
  const hidden = randomValues(rows * width, 2).map((value) => 6 * value)
  const fc2 = randomValues(kvHeads * width, 3)
  const before = randomValues(kvHeads * width, 4)
  const wide = new Float32Array(kvHeads * capacity).fill(NaN)
  for (let head = 0; head < kvHeads; head++) {
    wide.set(slopes.subarray(head * rows, (head + 1) * rows), head * capacity + firstToken)
  }
  const hiddenBuffer = gpu.uploadRows(hidden, width)
  const gradient = gpu.upload(before)
  await gpu.run(
    headBackward,
    { KV_HEADS: kvHeads },
    { rows, first_token: firstToken, capacity, width, row_width: padded(width) },
    {
      slopes: gpu.upload(wide),
      fc2: gpu.upload(fc2),
      hidden: hiddenBuffer,
      fc2_gradient: gradient,
    },
    headBackwardGrid(width),
  )
  const expected = reference(slopes, hidden, fc2, kvHeads)
  expectClose(await gpu.readRows(hiddenBuffer, width), expected.hidden, tolerance.sum)
  expectClose(
    await gpu.readValues(gradient),
    expected.fc2.map((value, i) => value + before[i]!), // the kernel adds to the gradient
    tolerance.sum,
  )
})
