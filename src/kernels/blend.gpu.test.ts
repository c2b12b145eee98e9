import { expect } from 'vitest'
import { blend as reference } from '../../reference/merge.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { blend } from './blend.ts'

const [kvHeads, merged] = [2, 5]

/** (kv head, merged, source). Source 3·m is the residual of merged slot m. @param fewer sources of the last head */
async function blended(
  gpu: TestGpu,
  logits: Float32Array,
  lambda: number,
  fewer = logits.length / (kvHeads * merged),
): Promise<Float32Array> {
  const others = logits.length / (kvHeads * merged) // capacity of the source list
  const heads = [others, fewer].map((own) => ({ offset: 0, others: own, first_merged: 0 }))
  const buffer = gpu.upload(logits)
  const residuals = Array.from({ length: kvHeads * merged }, (_, i) => [3 * (i % merged), 99])
  await gpu.run(
    blend,
    { KV_HEADS: kvHeads },
    { others, merged, heads },
    {
      residuals: gpu.upload(Uint32Array.from(residuals.flat())),
      lambda: gpu.upload(Float32Array.of(lambda, 0, 0, 0)),
      logits: buffer,
    },
    [merged, kvHeads],
  )
  return gpu.readValues(buffer)
}

gpuTest.for([20, 300])(
  '%d sources: as the reference, every row sums to one',
  async (count, { gpu }) => {
    const logits = randomValues(kvHeads * merged * count, 1).map((value) => Math.max(0, 8 * value))
    const residuals = Array.from({ length: merged }, (_, i) => 3 * i)
    const got = await blended(gpu, logits, 0.3)
    const half = merged * count
    const expected = [logits.subarray(0, half), logits.subarray(half)].flatMap((head) => [
      ...reference(head, residuals, 0.3),
    ])
    expectClose(got, expected, tolerance.attention)
    for (let row = 0; row < kvHeads * merged; row++) {
      const sum = got.subarray(row * count, (row + 1) * count).reduce((a, b) => a + b, 0)
      expect(sum).toBeCloseTo(1, 5)
    }
  },
)

gpuTest(
  'λ = 0 is the residual alone, λ = 1 with equal logits a uniform average',
  async ({ gpu }) => {
    const count = 16
    const logits = new Float32Array(kvHeads * merged * count).fill(2.5)
    const alone = await blended(gpu, logits, 0)
    alone.forEach((weight, i) => {
      const own = i % count === 3 * (Math.floor(i / count) % merged)
      expect(weight).toBe(own ? 1 : 0)
    })
    const average = await blended(gpu, logits, 1)
    average.forEach((weight) => expect(weight).toBeCloseTo(1 / count, 6))
  },
)

gpuTest('a head with fewer sources leaves the room behind them alone', async ({ gpu }) => {
  const [count, fewer] = [300, 41]
  const logits = randomValues(kvHeads * merged * count, 1).map((value) => Math.max(0, 8 * value))
  const residuals = Array.from({ length: merged }, (_, i) => 3 * i)
  const got = await blended(gpu, logits, 0.3, fewer)
  for (let row = merged; row < kvHeads * merged; row++) {
    const own = (values: Float32Array) => values.subarray(row * count, row * count + fewer)
    const [residual] = residuals.slice(row - merged)
    expectClose(own(got), reference(own(logits), [residual!], 0.3), tolerance.attention)
    const behind = (values: Float32Array) => values.subarray(row * count + fewer, (row + 1) * count)
    expect(behind(got)).toEqual(behind(logits))
  }
})
