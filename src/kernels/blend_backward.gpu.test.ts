import { blendBackward as reference } from '../../reference/blend_backward.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { blendBackward } from './blend_backward.ts'
import { sumParts } from './sum_parts.ts'

gpuTest.for([
  [1, 1, 1, 0.5],
  [2, 5, 20, 0.3],
  [3, 300, 17, 1],
  [2, 4, 600, 0],
] as const)('%d kv heads, %d merged, %d sources, λ = %d', async ([...sizes], { gpu }) => {
  const [kvHeads, merged, count, lambda] = sizes
  const values = kvHeads * merged * count
  const logits = randomValues(values, 1).map((value) => Math.max(0, 4 * value))
  const weightSlopes = randomValues(values, 2)
  const residuals = Array.from({ length: merged }, (_, i) => (7 * i) % count)
  const slopes = gpu.upload(weightSlopes)
  const parts = gpu.upload(new Float32Array(2 * kvHeads * merged))
  await gpu.run(
    blendBackward,
    {},
    { others: count, merged },
    {
      logits: gpu.upload(logits),
      residuals: gpu.upload(
        Uint32Array.from(
          Array.from({ length: kvHeads }, () => residuals.flatMap((i) => [i, 99])).flat(),
        ),
      ),
      lambda: gpu.upload(Float32Array.of(lambda, 0, 0, 0)),
      slopes,
      parts,
    },
    [merged, kvHeads],
  )
  const bias_gradient = gpu.upload(new Float32Array(merged).fill(2))
  const lambda_gradient = gpu.upload(Float32Array.of(3, 0, 0, 0))
  await gpu.run(
    sumParts,
    {},
    { kv_heads: kvHeads, merged },
    { parts, bias_gradient, lambda_gradient },
    [1],
  )
  const heads = Array.from({ length: kvHeads }, (_, head) => {
    const part = (of: Float32Array) =>
      of.subarray(head * merged * count, (head + 1) * merged * count)
    return reference(part(logits), part(weightSlopes), residuals, lambda)
  })
  const expected = heads.flatMap((head) => [...head.logits])
  expectClose(await gpu.readValues(slopes), expected, tolerance.attention)
  const bias = Array.from({ length: merged }, (_, i) =>
    heads.reduce((sum, head) => sum + head.bias[i]!, 2),
  )
  expectClose(await gpu.readValues(bias_gradient), bias, tolerance.attention)
  const all = heads.flatMap((head) => [...head.lambda]).reduce((a, b) => a + b, 3)
  const [gradient] = await gpu.readValues(lambda_gradient)
  expectClose([gradient!], [all], tolerance.attention * Math.sqrt(kvHeads * merged))
})
