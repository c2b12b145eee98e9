// Log-probabilities of a given text compared with the reference, which answers after every prefix of it.
import { beforeAll, expect, test } from 'vitest'
import { answer } from '../../reference/decode.ts'
import { modelFiles } from '../../reference/model_files.ts'
import { read as referenceRead } from '../../reference/prefill.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import type { Engine } from '../forward/engine.ts'
import { likelihoodOf } from './likelihood.ts'
import { loadEngine } from './load.ts'
import { prefill } from './prefill.ts'
import type { Settings } from '../api/settings.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'

const model = randomModel(smallShape, 7)
const settings: Settings = {
  budget: 40,
  burst: 0,
  chunk: 20,
  tail: 24,
  local: 0,
  positions: 'slot',
  allocation: 'even',
  recall: 'none',
  policy: { name: 'streaming', stabilizers: 8, sinks: 4 },
  storage: { weights: 'f32', cache: 'f32' },
}
const tokens = Uint32Array.from({ length: 110 }, (_, i) => (i * 7919) % 256)
const text = Uint32Array.from({ length: 30 }, (_, i) => (i * 31) % 256)
const signal = new AbortController().signal

const gpu = gpuOfFile()
let engine: Engine

async function* once(ids: Uint32Array) {
  yield await Promise.resolve(ids)
}

beforeAll(async () => {
  const loaded = await loadEngine(gpu, modelFiles(model, 'F32'), {
    overrides: settings,
    heads: undefined,
    onProgress: () => undefined,
    signal: undefined,
  })
  engine = loaded.engine
  const nothing = () => undefined
  await prefill(engine, once(tokens), { held: 0, signal, onBlock: nothing, onChunk: nothing })
})

test('every token but the first gets the log-probability the reference gives it, over several blocks', async () => {
  const { logProbs, logits, ids } = await likelihoodOf(engine, text, text.length, true, signal)
  const document = referenceRead(model.reference, tokens, settings)
  expect(ids).toEqual(text)
  expect(logits).toHaveLength(29 * smallShape.vocabulary)
  for (const at of [0, 7, 19, 20, 28]) {
    const { firstLogits } = answer(document, text.subarray(0, at + 1), 1)
    const sum = firstLogits.reduce((total, logit) => total + Math.exp(logit), 0)
    expect(logProbs[at]).toBeCloseTo(firstLogits[text[at + 1]!]! - Math.log(sum), 3)
  }
})

test('scoring leaves the document as it was, and tokens before the text are not scored', async () => {
  const first = await likelihoodOf(engine, text, text.length, false, signal)
  const again = await likelihoodOf(engine, text, 5, false, signal)
  expect(again.ids).toEqual(text.subarray(25))
  expect([...again.logProbs]).toEqual([...first.logProbs.subarray(25)])
  await expect(likelihoodOf(engine, text, 1, false, signal)).rejects.toThrow(/at least two/)
})
