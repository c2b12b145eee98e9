import { expect, test } from 'vitest'
import { uniform } from './random.ts'
import { sampleToken, survivingProbabilities, type Sampling } from './sample_token.ts'
import { argmax } from './argmax.ts'

const logits = Float32Array.of(1, 3, 2, 3, 0)
const everything: Sampling = { temperature: 1, topK: logits.length, topP: 1 }

function survivors(sampling: Partial<Sampling>): number[] {
  const probabilities = survivingProbabilities(logits, { ...everything, ...sampling })
  return [...probabilities.keys()].filter((id) => probabilities[id] !== 0)
}

test('greedy takes the lowest id of equals', () => {
  expect(argmax(logits)).toBe(1)
})

test('top-k keeps ties with the k-th', () => {
  expect(survivors({ topK: 1 })).toEqual([1, 3])
  expect(survivors({ topK: 3 })).toEqual([1, 2, 3])
})

test('top-p keeps the one that crosses, and its ties', () => {
  // probabilities about 0.05, 0.39, 0.14, 0.39, 0.02
  expect(survivors({ topP: 0.1 })).toEqual([1, 3])
  expect(survivors({ topP: 0.8 })).toEqual([1, 2, 3])
  expect(survivors({ topP: 0.95 })).toEqual([0, 1, 2, 3])
  expect(survivors({ topP: 1 })).toEqual([0, 1, 2, 3, 4])
})

test('top-p counts the mass left by top-k', () => {
  expect(survivors({ topK: 3, topP: 0.8 })).toEqual([1, 3])
})

test('draws walk the survivors in id order', () => {
  const sampling = { ...everything, topK: 2 }
  expect(sampleToken(logits, sampling, 0)).toBe(1)
  expect(sampleToken(logits, sampling, 0.49)).toBe(1)
  expect(sampleToken(logits, sampling, 0.51)).toBe(3)
  expect(sampleToken(logits, sampling, 1 - 2 ** -24)).toBe(3)
})

test('draws follow the probabilities', () => {
  const counts = new Float64Array(logits.length)
  const draws = 4000
  for (let step = 0; step < draws; step++) {
    const id = sampleToken(logits, everything, uniform(7, step))
    counts[id] = counts[id]! + 1
  }
  const expected = survivingProbabilities(logits, everything)
  counts.forEach((count, id) => expect(count / draws).toBeCloseTo(expected[id]!, 1))
})

test('a low temperature leaves the likeliest', () => {
  const lopsided = Float32Array.of(1, 1.5, 1.2)
  const cold = { temperature: 0.01, topK: 3, topP: 1 }
  expect([0.1, 0.5, 0.9].map((draw) => sampleToken(lopsided, cold, draw))).toEqual([1, 1, 1])
})
