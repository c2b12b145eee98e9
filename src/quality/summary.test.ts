import { expect, test } from 'vitest'
import type { RunRecord, SampleRecord } from './record.ts'
import { summarize } from './summary.ts'

const sample: SampleRecord = {
  key: 'k',
  task: 'kv',
  length: 500,
  document: 0,
  turn: 0,
  of: 2,
  policy: 'random',
  budget: 100,
  prompt: 'p0',
  documentTokens: 400,
  prediction: '',
  answers: ['x'],
  score: 0,
  depth: 0.11,
  readMs: 1000,
  answerMs: 500,
  answerTokens: 10,
  cacheBytes: 4096,
  keptBytes: 1000,
  peakBytes: 9000,
}
const run = {} as RunRecord

/** Two questions of one document. */
function document(policy: string, key: string, prompt: string, scores: [number, number]) {
  return scores.map((score, turn) => ({ ...sample, policy, key, prompt, score, turn }))
}

test('a cell has its mean, its difference from the full cache on the same samples, and its turns', () => {
  const { cells } = summarize(run, [
    ...document('full', 'a', 'p0', [1, 1]),
    ...document('full', 'b', 'p1', [1, 0]),
    ...document('random', 'c', 'p1', [0, 0]),
    ...document('random', 'd', 'p0', [1, 0]),
  ])
  expect(cells.map(({ policy }) => policy)).toEqual(['full', 'random'])
  const [full, random] = cells
  expect(full!.versusFull).toEqual({ mean: 0, low: 0, high: 0 })
  expect(random).toMatchObject({ documents: 2, samples: 4, share: 0.25, turns: [0.5, 0] })
  expect(random!.score.mean).toBe(0.25)
  expect(random!.versusFull!.mean).toBe(-0.5)
  expect(random!.depths).toEqual([{ depth: 0.1, score: 0.25 }])
})

test('a document counts once for reading, each question for answering', () => {
  const [cell] = summarize(run, document('random', 'c', 'p0', [0, 0])).cells
  expect(cell!.readTokensPerSecond).toBe(400)
  expect(cell!.answerTokensPerSecond).toBe(20)
})

test('without the full cache on all its samples a cell is not compared', () => {
  const { cells } = summarize(run, [
    ...document('full', 'a', 'p0', [1, 1]),
    ...document('random', 'c', 'p1', [0, 0]),
  ])
  expect(cells[1]).not.toHaveProperty('versusFull')
})

test('budgets that follow the document make one cell of the full cache', () => {
  const lengths = [400, 410].map((budget, i) => ({
    ...sample,
    policy: 'full',
    budget,
    documentTokens: budget,
    key: `${i}`,
  }))
  expect(summarize(run, lengths).cells).toHaveLength(1)
})

test('Locret meets every policy on the samples and budgets both have, and no others', () => {
  const { duels } = summarize(run, [
    ...document('locret', 'a', 'p0', [1, 0]),
    ...document('random', 'b', 'p0', [0, 0]),
    ...document('random', 'c', 'p1', [1, 1]),
    ...document('full', 'd', 'p0', [1, 1]),
    ...document('random', 'e', 'p0', [1, 1]).map((at) => ({ ...at, budget: 50 })),
  ])
  expect(duels).toHaveLength(1)
  expect(duels[0]).toMatchObject({ task: 'kv', rival: 'random', samples: 2 })
  expect(duels[0]!.difference.mean).toBe(0.5)
})
