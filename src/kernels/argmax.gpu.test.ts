import { expect } from 'vitest'
import { argmax as referenceGreedy } from '../../reference/argmax.ts'
import { gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { argmax } from './argmax.ts'

async function check(gpu: TestGpu, logits: Float32Array): Promise<void> {
  const ids = gpu.upload(Uint32Array.of(999, 888))
  const buffers = { logits: gpu.uploadRows(logits, logits.length), ids }
  await gpu.run(argmax, {}, { vocabulary: logits.length }, buffers, [1])
  expect(await gpu.readWords(ids)).toEqual(Uint32Array.of(referenceGreedy(logits), 888))
}

gpuTest('the highest logit, in vocabularies of any size', async ({ gpu }) => {
  for (const vocabulary of [1, 2, 255, 256, 257, 5000, 20_001]) {
    await check(gpu, randomValues(vocabulary, vocabulary))
  }
})

gpuTest('the lowest id among equals', async ({ gpu }) => {
  await check(gpu, new Float32Array(1000).fill(-3))
  for (let seed = 0; seed < 5; seed++) {
    await check(
      gpu,
      Float32Array.from(randomIntegers(1000, 4, seed), (n) => n - 5),
    )
  }
})

gpuTest('only very low logits', async ({ gpu }) => {
  await check(gpu, Float32Array.of(-Infinity, -Infinity, -3e38, -Infinity))
})
