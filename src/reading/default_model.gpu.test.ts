// The built-in model compared with PyTorch: chat prompt, logits and answer of one question. training/check_export.py
// wrote the fixture with transformers' own Llama.
import { expect, test } from 'vitest'
import { load } from '../index.ts'
import { sha256 } from '../files/sha256.ts'
import { farthest } from '../testing/farthest.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

interface Expected {
  readonly weightsSha256: string
  readonly document: string
  readonly question: string
  readonly promptTokens: number
  readonly answerIds: number[]
  readonly answer: string
}

const folder = '/models/default/'
const expected = (await (await fetch('/fixtures/default/expected.json')).json()) as Expected

/** (vocabulary) */
const logits = new Float32Array(await (await fetch('/fixtures/default/logits.bin')).arrayBuffer())

test('the fixture was made from the weights that are shipped', async () => {
  const weights = await (await fetch(`${folder}model.safetensors`)).arrayBuffer()
  expect(await sha256(weights)).toBe(expected.weightsSha256)
})

test.each([
  ['f32', 2e-3],
  ['f16', 5e-2],
] as const)('with weights in %s, logits within %s of transformers', async (weights, within) => {
  const full = {
    policy: { name: 'full', stabilizers: 0 },
    budget: 160,
    chunk: 48,
    local: 1,
  } as const
  const model = await load(folder, { gpu: sharedGpu, storage: { weights }, ...full })
  const document = await model.read(expected.document)
  const asked = document.ask(expected.question, { maxTokens: 32, keepFirstLogits: true })
  const { ids, text, finish, firstLogits } = await asked.summary
  await model.close()
  expect(farthest(firstLogits!, logits)).toBeLessThan(within)
  expect({ ids, text, finish }).toEqual({
    ids: expected.answerIds,
    text: expected.answer,
    finish: 'end',
  })
})
