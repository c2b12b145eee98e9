import { headLoss as reference } from '../../reference/head_loss.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { headLoss } from './head_loss.ts'

gpuTest.for([
  [1, 1, undefined],
  [3, 2, undefined],
  [2, 200, undefined],
  [2, 200, -0.25],
] as const)('%d kv heads, %d tokens, least label %s', async ([kvHeads, tokens, least], { gpu }) => {
  const capacity = tokens + 3
  const weights = { regression: 0.25, smoothing: 0.125 }
  const scores = randomValues(kvHeads * tokens, 1).map((value) => 3 * value)
  const labels = randomValues(kvHeads * tokens, 2)
  labels[0] = scores[0]! + 1 // where SmoothL1's parabola meets its line
  const spread = (values: Float32Array) => {
    const wide = new Float32Array(kvHeads * capacity).fill(NaN)
    for (let head = 0; head < kvHeads; head++) {
      wide.set(values.subarray(head * tokens, (head + 1) * tokens), head * capacity)
    }
    return wide
  }
  const slopes = gpu.upload(new Float32Array(kvHeads * capacity).fill(NaN))
  const losses = gpu.upload(new Float32Array(2 * (kvHeads + 1)))
  await gpu.run(
    headLoss,
    {},
    { tokens, capacity, ...weights, first_loss: 1, least: least ?? -1e30, zero: least ?? 0 },
    { scores: gpu.upload(spread(scores)), labels: gpu.upload(spread(labels)), slopes, losses },
    [kvHeads],
  )
  const expected = reference(scores, labels, kvHeads, weights, least)
  const wide = await gpu.readValues(slopes)
  for (let head = 0; head < kvHeads; head++) {
    expectClose(
      wide.subarray(head * capacity, head * capacity + tokens),
      expected.slopes.subarray(head * tokens, (head + 1) * tokens),
      tolerance.sum,
    )
  }
  const [, , ...parts] = await gpu.readValues(losses)
  const sumOf = (which: number) =>
    parts.reduce((sum, part, i) => sum + (i % 2 === which ? part : 0), 0)
  expectClose([sumOf(0), sumOf(1)], [expected.regression, expected.smoothing], tolerance.sum)
})
