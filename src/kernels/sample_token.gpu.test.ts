import { expect } from 'vitest'
import { uniform } from '../../reference/random.ts'
import {
  sampleToken as referenceSample,
  survivingProbabilities,
  type Sampling,
} from '../../reference/sample_token.ts'
import { gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { noToken } from './no_token.ts'
import { sampleToken } from './sample_token.ts'

/** The ids drawn at steps 0 … steps − 1. */
async function draws(
  gpu: TestGpu,
  logits: Float32Array,
  { temperature, topK, topP }: Sampling,
  seed: number,
  steps: number,
): Promise<Uint32Array> {
  const chooser = await gpu.compile(sampleToken, {})
  const ids = gpu.upload(Uint32Array.of(777))
  const drawn = gpu.upload(new Uint32Array(steps))
  const buffers = { logits: gpu.upload(logits), ids }
  const settings = {
    vocabulary: logits.length,
    top_k: topK,
    inverse_temperature: 1 / temperature,
    top_p: topP,
  }
  for (let step = 0; step < steps; step++) {
    gpu.recorder.run(chooser, { ...settings, seed, step }, buffers, [1])
    gpu.recorder.copy(ids, 0, drawn, 4 * step, 4)
  }
  gpu.recorder.submit()
  return gpu.readWords(drawn)
}

/** Ids of the reference when the random number or top-p differs by a rounding error. */
function nearby(logits: Float32Array, sampling: Sampling, draw: number): Set<number> {
  const shifts = [0, -tolerance.draw, tolerance.draw]
  const topPs = sampling.topP < 1 ? shifts.map((shift) => sampling.topP + shift) : [1]
  const numbers = shifts.map((shift) => Math.min(Math.max(draw + shift, 0), 1 - 2 ** -24))
  return new Set(
    topPs.flatMap((topP) =>
      numbers.map((number) => referenceSample(logits, { ...sampling, topP }, number)),
    ),
  )
}

async function check(gpu: TestGpu, logits: Float32Array, sampling: Sampling): Promise<void> {
  const seed = 5
  const ids = await draws(gpu, logits, sampling, seed, 40)
  ids.forEach((id, step) => {
    const draw = uniform(seed, step)
    if (id === referenceSample(logits, sampling, draw)) return
    expect(nearby(logits, sampling, draw), `step ${step}`).toContain(id)
  })
}

const plain = { temperature: 1, topK: 1_000_000, topP: 1 }
const spread = randomValues(700, 1).map((value) => 5 * value)

gpuTest.for([
  { temperature: 1, topK: 700, topP: 1 },
  { temperature: 0.7, topK: 700, topP: 1 },
  { temperature: 3, topK: 700, topP: 1 },
  { temperature: 1, topK: 1, topP: 1 },
  { temperature: 1, topK: 40, topP: 1 },
  { temperature: 1, topK: 700, topP: 0.9 },
  { temperature: 1, topK: 700, topP: 0.02 },
  { temperature: 0.8, topK: 50, topP: 0.8 },
])('agrees with the reference: %o', async (sampling, { gpu }) => {
  await check(gpu, spread, sampling)
})

gpuTest('vocabularies of any size', async ({ gpu }) => {
  for (const vocabulary of [1, 2, 255, 256, 257, 3000]) {
    const logits = randomValues(vocabulary, vocabulary).map((value) => 4 * value)
    await check(gpu, logits, { temperature: 1, topK: vocabulary, topP: 0.95 })
  }
})

gpuTest('all ties with the k-th, and with the last of the nucleus, stay', async ({ gpu }) => {
  const logits = Float32Array.from(randomIntegers(300, 6, 2), (n) => n - 3)
  await check(gpu, logits, { temperature: 1, topK: 10, topP: 1 })
  await check(gpu, logits, { temperature: 1, topK: 300, topP: 0.3 })
  await check(gpu, new Float32Array(300), { temperature: 1, topK: 3, topP: 0.5 })
})

gpuTest('a token far ahead of the others is always drawn', async ({ gpu }) => {
  const logits = new Float32Array(500).fill(-50)
  logits[123] = 60
  const ids = await draws(gpu, logits, { ...plain, topK: 500 }, 1, 20)
  expect(new Set(ids)).toEqual(new Set([123]))
})

gpuTest('the smallest top-p still leaves the likeliest', async ({ gpu }) => {
  const best = spread.indexOf(Math.max(...spread))
  const ids = await draws(gpu, spread, { temperature: 1, topK: 700, topP: 1e-12 }, 1, 5)
  expect(new Set(ids)).toEqual(new Set([best]))
})

gpuTest('draws follow the probabilities', async ({ gpu }) => {
  const logits = Float32Array.of(0, 1, -Infinity, 2, -1, 1.5, 0.5, -2)
  const sampling = { temperature: 1.3, topK: 6, topP: 0.95 }
  const steps = 700
  const ids = await draws(gpu, logits, sampling, 42, steps)
  const surviving = survivingProbabilities(logits, sampling)
  const mass = surviving.reduce((a, b) => a + b)
  surviving.forEach((probability, id) => {
    const expected = (steps * probability) / mass
    const count = ids.filter((drawn) => drawn === id).length
    expect(Math.abs(count - expected), `id ${id}`).toBeLessThanOrEqual(4 * Math.sqrt(expected))
  })
})

gpuTest('no token where a logit is NaN or +∞, or all are −∞', async ({ gpu }) => {
  const sampling = { temperature: 0.7, topK: 40, topP: 0.9 }
  for (const bad of [NaN, Infinity]) {
    for (const at of [0, 255, 699]) {
      const logits = spread.slice()
      logits[at] = bad
      expect(await draws(gpu, logits, sampling, 1, 2)).toEqual(Uint32Array.of(noToken, noToken))
    }
  }
  const none = new Float32Array(300).fill(-Infinity)
  expect(await draws(gpu, none, sampling, 1, 2)).toEqual(Uint32Array.of(noToken, noToken))
})

gpuTest('seed and step decide, nothing else', async ({ gpu }) => {
  const settings = { ...plain, topK: 700 }
  const once = await draws(gpu, spread, settings, 7, 30)
  expect(await draws(gpu, spread, settings, 7, 30)).toEqual(once)
  expect(await draws(gpu, spread, settings, 8, 30)).not.toEqual(once)
})
