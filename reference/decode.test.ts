import { describe, expect, test } from 'vitest'
import { farthest } from '../src/testing/farthest.ts'
import { answer } from './decode.ts'
import { complete } from './locret.ts'
import type { ReadingSettings } from './policies.ts'
import { read, retained } from './prefill.ts'
import { randomModel, randomPrompt, smallShape } from './random_model.ts'

const { reference } = randomModel(smallShape, 4)
/** answers continue to their last token */
const model = { ...reference, description: { ...reference.description, endIds: [] } }
const prompt = randomPrompt(60, 2)
const tail = randomPrompt(7, 3)
const settings: ReadingSettings = {
  budget: 24,
  burst: 0,
  chunk: 10,
  tail: 32,
  positions: 'slot',
  allocation: 'even',
  policy: { name: 'locret', stabilizers: 6, sinks: 0 },
}

function logitsAfter(changed: Partial<ReadingSettings>): Float32Array {
  return answer(read(model, prompt, { ...settings, ...changed }), tail, 0).firstLogits
}

describe('when nothing is evicted', () => {
  const plain = logitsAfter({ policy: { ...settings.policy, name: 'full' }, chunk: 100 })

  test.each([1, 7, 59, 60, 1000])('chunks of %i give the logits of one pass', (chunk) => {
    expect(farthest(logitsAfter({ budget: prompt.length, chunk }), plain)).toBeLessThan(1e-4)
  })

  test('slots and original positions are the same', () => {
    const original = logitsAfter({ budget: prompt.length, positions: 'original' })
    expect(farthest(original, plain)).toBeLessThan(1e-4)
  })

  test('evicting does change them, and so do the positions then', () => {
    expect(farthest(logitsAfter({}), plain)).toBeGreaterThan(0.1)
    expect(farthest(logitsAfter({}), logitsAfter({ positions: 'original' }))).toBeGreaterThan(0.1)
  })
})

describe('an answer', () => {
  const document = read(model, prompt, settings)

  test('leaves the document as it was, so asking twice gives the same', () => {
    const before = retained(document)
    const first = answer(document, tail, 5)
    expect(first.ids).toHaveLength(5)
    answer(document, randomPrompt(20, 9), 5)
    expect(answer(document, tail, 5)).toEqual(first)
    expect(retained(document)).toEqual(before)
  })

  test('ends at an end id, which is no part of it', () => {
    const { ids } = answer(document, tail, 9)
    const last = ids.findIndex((id, i) => i > 0 && !ids.slice(0, i).includes(id))
    const ending = { ...model, description: { ...model.description, endIds: [ids[last]!] } }
    expect(answer({ ...document, model: ending }, tail, 9).ids).toEqual(ids.slice(0, last))
  })

  test('goes on when its slots are full, without a difference before', () => {
    // 24 + 10 + 32 slots, of which the document holds 24 and the tail 7: the 36th id needs an eviction
    const roomy = { ...document, settings: { ...settings, tail: 200 } }
    const long = answer(document, tail, 60)
    const unhindered = answer(roomy, tail, 60)
    expect(unhindered.margin).toBe(Infinity)
    expect(long.margin).toBeLessThan(Infinity)
    expect(long.ids).toHaveLength(60)
    expect(long.ids.slice(0, 36)).toEqual(unhindered.ids.slice(0, 36))
  })
})

test('the held-out tail takes no part in evictions', () => {
  const policy = { ...settings.policy, stabilizers: 0 }
  const starved = { ...settings, budget: 1, policy, local: 12 }
  const plain = complete(model, prompt, starved, 0)
  expect(plain.document.seen).toBe(48)
  const changedPrompt = prompt.slice()
  changedPrompt[48] = 122
  const changed = complete(model, changedPrompt, starved, 0)
  expect(retained(changed.document)).toEqual(retained(plain.document))
  expect(farthest(changed.firstLogits, plain.firstLogits)).toBeGreaterThan(0.1)
})

test('a prompt shorter than its tail is answered without reading', () => {
  const { document, firstLogits } = complete(model, tail, { ...settings, local: 20 }, 0)
  expect(document.seen).toBe(0)
  expect(firstLogits).toEqual(
    answer(read(model, new Uint32Array(0), settings), tail, 0).firstLogits,
  )
})
