import { expect } from 'vitest'
import { tokenLogProbs as reference } from '../../reference/token_log_probs.ts'
import { mostLikeliest } from '../api/answer.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { noToken } from './no_token.ts'
import { wordsPerPlace } from './log_prob_words.ts'
import { tokenLogProbs } from './token_log_probs.ts'

async function run(gpu: TestGpu, logits: Float32Array, chosen: number, likeliest: number) {
  const found = gpu.upload(new Uint32Array(wordsPerPlace * (1 + mostLikeliest)).fill(7))
  const buffers = { logits: gpu.upload(logits), ids: gpu.upload(Uint32Array.of(chosen)), found }
  await gpu.run(tokenLogProbs, {}, { vocabulary: logits.length, likeliest }, buffers, [1])
  const words = await gpu.readWords(found)
  const values = new Float32Array(words.buffer, words.byteOffset, words.length)
  return {
    ids: [...words.filter((_, i) => i % wordsPerPlace === 0)],
    logProbs: values.filter((_, i) => i % wordsPerPlace === 1),
  }
}

gpuTest.for([
  [1, 1],
  [40, 3],
  [257, 0],
  [5000, 20],
] as const)('a vocabulary of %d, the likeliest %d', async ([vocabulary, likeliest], { gpu }) => {
  const logits = randomValues(vocabulary, 1).map((value) => 30 * value)
  const chosen = vocabulary >> 1
  const expected = reference(logits, chosen, likeliest)
  const { ids, logProbs } = await run(gpu, logits, chosen, likeliest)
  expect(ids.slice(0, 1 + likeliest)).toEqual(expected.map(({ id }) => id))
  expectClose(
    logProbs.subarray(0, 1 + likeliest),
    expected.map(({ logProb }) => logProb),
    tolerance.attention,
  )
  expect(ids.slice(1 + likeliest).every((id) => id === 7)).toBe(true)
})

gpuTest('of equals the lowest id comes first', async ({ gpu }) => {
  const logits = Float32Array.from(randomIntegers(1000, 4, 3), (n) => n - 5)
  const { ids } = await run(gpu, logits, 5, 20)
  expect(ids).toEqual(reference(logits, 5, 20).map(({ id }) => id))
})

gpuTest('a token that was taken out of the choice is none of the likeliest', async ({ gpu }) => {
  const logits = new Float32Array(600).fill(-3.4e38)
  logits.set([2, 3], 400)
  const { ids, logProbs } = await run(gpu, logits, 401, 4)
  expect(ids.slice(0, 5)).toEqual([401, 401, 400, noToken, noToken])
  const whole = Math.log(Math.exp(2) + Math.exp(3))
  expectClose(logProbs.subarray(0, 3), [3 - whole, 3 - whole, 2 - whole], tolerance.attention)
})
