import { capped } from '../../reference/cap.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { capLogits, capLogitsGrid } from './cap_logits.ts'

gpuTest.for([3, 256, 700])('%d logits, small and far beyond the cap', async (count, { gpu }) => {
  const values = randomValues(count, 1).map((value, i) => value * 10 ** (i % 4))
  const logits = gpu.upload(values)
  const params = { count, cap: 30 }
  await gpu.run(capLogits, {}, params, { logits }, capLogitsGrid(count))
  const expected = values.map((value) => capped(value, 30))
  expectClose(await gpu.readValues(logits), expected, tolerance.attention)
})

gpuTest('a folded grid caps every logit once', async ({ gpu }) => {
  const values = randomValues(5 * 256 + 7, 2).map((value) => 20 * value)
  const logits = gpu.upload(values)
  await gpu.run(capLogits, {}, { count: values.length, cap: 30 }, { logits }, [2, 3])
  const expected = values.map((value) => capped(value, 30))
  expectClose(await gpu.readValues(logits), expected, tolerance.attention)
})
