import { expect } from 'vitest'
import { argmax as referenceGreedy } from '../../reference/argmax.ts'
import { padded } from '../model/matrix.ts'
import { gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { argmax } from './argmax.ts'
import { noToken } from './no_token.ts'

async function check(
  gpu: TestGpu,
  logits: Float32Array,
  expected = referenceGreedy(logits),
): Promise<void> {
  const vocabulary = logits.length
  const ids = gpu.upload(Uint32Array.of(999, 888))
  const buffers = { logits: gpu.uploadRows(logits, vocabulary), ids }
  await gpu.run(argmax, {}, { vocabulary, row_quads: padded(vocabulary) / 4 }, buffers, [1])
  expect(await gpu.readWords(ids)).toEqual(Uint32Array.of(expected, 888))
}

gpuTest('of every row its own', async ({ gpu }) => {
  const vocabulary = 1027
  const rows = [1, 2, 3].map((seed) => randomValues(vocabulary, seed))
  rows[1]?.fill(NaN)
  const ids = gpu.upload(Uint32Array.of(999, 888, 777, 666))
  const logits = gpu.uploadRows(Float32Array.from(rows.flatMap((row) => [...row])), vocabulary)
  const params = { vocabulary, row_quads: padded(vocabulary) / 4 }
  await gpu.run(argmax, {}, params, { logits, ids }, [3])
  const [first, , third] = rows.map(referenceGreedy)
  expect([...(await gpu.readWords(ids))]).toEqual([first, noToken, third, 666])
})

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

gpuTest('no token where a logit is NaN or +∞, or all are −∞', async ({ gpu }) => {
  for (const bad of [NaN, Infinity]) {
    for (const at of [0, 1, 255, 1023, 1026]) {
      const logits = randomValues(1027, 3)
      logits[at] = bad
      await check(gpu, logits, noToken)
    }
  }
  await check(gpu, new Float32Array(300).fill(-Infinity), noToken)
  await check(gpu, new Float32Array(300).fill(NaN), noToken)
})

gpuTest('what lies behind the vocabulary counts for nothing', async ({ gpu }) => {
  const ids = gpu.upload(Uint32Array.of(999))
  const logits = gpu.upload(Float32Array.of(1, 3, 2, -1, 0, NaN, Infinity, 7))
  await gpu.run(argmax, {}, { vocabulary: 5, row_quads: 2 }, { logits, ids }, [1])
  expect(await gpu.readWords(ids)).toEqual(Uint32Array.of(1))
})

gpuTest('only very low logits', async ({ gpu }) => {
  await check(gpu, Float32Array.of(-Infinity, -Infinity, -3e38, -Infinity))
})
