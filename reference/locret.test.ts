import { describe, expect, test } from 'vitest'
import { answer, complete, readPrompt, retained } from './locret.ts'
import type { ReadingSettings } from './policies.ts'
import { randomModel, randomPrompt, smallShape } from './random_model.ts'

const { reference: model } = randomModel(smallShape, 1)
const prompt = randomPrompt(90, 2)
const tail = randomPrompt(7, 3)
const settings: ReadingSettings = {
  policy: 'locret',
  budget: 24,
  chunk: 10,
  stabilizers: 6,
  positions: 'slot',
  seed: 5,
}

function logitsAfter(ids: Uint32Array, changed: Partial<ReadingSettings>): Float32Array {
  return answer(readPrompt(model, ids, { ...settings, ...changed }), tail, 1).firstLogits
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  actual.forEach((value, id) => expect(value).toBeCloseTo(expected[id]!, 4))
}

describe('when nothing is evicted', () => {
  const plain = logitsAfter(prompt, { policy: 'full', chunk: prompt.length })

  test.each([1, 7, 10, 89, 90, 1000])('chunks of %i give the logits of one pass', (chunk) => {
    expectClose(logitsAfter(prompt, { budget: prompt.length, chunk }), plain)
  })

  test('slots and original positions are the same', () => {
    expectClose(logitsAfter(prompt, { budget: 90, positions: 'original' }), plain)
  })

  test('evicting does change them', () => {
    const evicted = logitsAfter(prompt, {})
    expect(evicted.some((value, id) => Math.abs(value - plain[id]!) > 0.1)).toBe(true)
  })
})

describe('evicting', () => {
  const read = readPrompt(model, prompt, settings)

  test('every head holds `budget` tokens in document order', () => {
    const heads = retained(read).flat()
    expect(heads).toHaveLength(smallShape.layers * smallShape.kvHeads)
    for (const origins of heads) {
      expect(origins).toHaveLength(settings.budget)
      expect(origins).toEqual([...new Set(origins)].toSorted((a, b) => a - b))
    }
  })

  test('heads choose differently', () => {
    expect(new Set(retained(read).flat().map(String)).size).toBeGreaterThan(1)
  })

  test('a margin tells how close the choice was', () => {
    expect(read.margin).toBeGreaterThan(0)
    expect(read.margin).toBeLessThan(1)
  })

  test('every chunk leaves its last tokens to the next, except the last chunk', () => {
    const newest = Array.from({ length: settings.stabilizers }, (_, i) => 80 - 6 + i)
    const beforeLast = readPrompt(model, prompt.subarray(0, 81), settings)
    // 81 tokens: the ninth chunk is token 80 alone; what the eighth eviction spared may go now
    const spared = retained(beforeLast).flat()
    expect(spared.some((origins) => newest.some((token) => !origins.includes(token)))).toBe(true)
  })

  test('stabilizers of one chunk can go with the next', () => {
    const stabilizers = [4, 5, 6, 7, 8, 9]
    const small = { ...settings, budget: 8 }
    const stillThere = retained(readPrompt(model, prompt, small)).flat()
    expect(stillThere.some((origins) => !stabilizers.every((t) => origins.includes(t)))).toBe(true)
  })

  test('nothing is written by asking, so asking twice gives the same', () => {
    const before = retained(read)
    const first = answer(read, tail, 5)
    expect(answer(read, tail, 5)).toEqual(first)
    expect(retained(read)).toEqual(before)
    expect(first.ids).toHaveLength(5)
  })
})

test('the held-out tail reaches the answer whole', () => {
  // The tail's tokens take no part in evictions: with a budget of one they alone shape the answer's neighbourhood.
  const local = 12
  const starved = { ...settings, budget: 1, stabilizers: 0, local }
  const { read, firstLogits } = complete(model, prompt, starved, 1)
  expect(read.tokens).toBe(prompt.length - local)
  const changed = prompt.slice()
  changed[prompt.length - local] = 122
  const other = complete(model, changed, starved, 1).firstLogits
  expect(retained(complete(model, changed, starved, 1).read)).toEqual(retained(read))
  expect(other.some((value, id) => Math.abs(value - firstLogits[id]!) > 1e-3)).toBe(true)
})

test('a prompt shorter than its tail is never evicted', () => {
  const short = prompt.subarray(0, 9)
  const { firstLogits, read } = complete(model, short, { ...settings, budget: 1, local: 20 }, 1)
  expect(read.tokens).toBe(0)
  const plain = answer(readPrompt(model, new Uint32Array(0), settings), short, 1)
  expect(firstLogits).toEqual(plain.firstLogits)
})

describe('policies', () => {
  const heads = (changed: Partial<ReadingSettings>) =>
    retained(readPrompt(model, prompt, { ...settings, ...changed })).flat()

  test('streaming keeps four sinks and the newest', () => {
    const newest = Array.from({ length: 20 }, (_, i) => 70 + i)
    for (const origins of heads({ policy: 'streaming' }))
      expect(origins).toEqual([0, 1, 2, 3, ...newest])
  })

  test('streaming with a budget of one keeps the newest', () => {
    for (const origins of heads({ policy: 'streaming', budget: 1, stabilizers: 0 })) {
      expect(origins).toEqual([89])
    }
  })

  test('full keeps everything', () => {
    for (const origins of heads({ policy: 'full' })) expect(origins).toHaveLength(90)
  })

  test('random depends on the seed, and on the chunks not at all without stabilizers', () => {
    const random = { policy: 'random', stabilizers: 0 } as const
    expect(heads({ ...random, chunk: 7 })).toEqual(heads(random))
    expect(heads({ ...random, seed: 6 })).not.toEqual(heads(random))
  })
})
