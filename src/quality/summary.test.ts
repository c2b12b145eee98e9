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
  adapter: 'a GPU',
  readMs: 1000,
  answerMs: 500,
  answerTokens: 10,
  cacheBytes: 4096,
  keptBytes: 1000,
  peakBytes: 9000,
}
const run = {} as RunRecord
const none = (records: readonly SampleRecord[]) => summarize(run, records, undefined)

/** Two questions of one document. */
function document(policy: string, key: string, prompt: string, scores: [number, number]) {
  const at = { policy, key, prompt, document: Number(prompt.slice(1)) }
  return scores.map((score, turn) => ({ ...sample, ...at, score, turn }))
}

test('a cell has its mean, its difference from the full cache on the same samples, and its turns', () => {
  const { cells } = none([
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
  const [cell] = none(document('random', 'c', 'p0', [0, 0])).cells
  expect(cell!.speeds).toEqual([{ adapter: 'a GPU', reading: 400, answering: 20 }])
})

test('each machine has its own speed, and its scores count as any other’s', () => {
  const elsewhere = { adapter: 'software', readMs: 8000, answerMs: 1000 }
  const [cell] = none([
    ...document('random', 'c', 'p0', [1, 1]),
    ...document('random', 'd', 'p1', [0, 0]).map((record) => ({ ...record, ...elsewhere })),
  ]).cells
  expect(cell!.speeds).toEqual([
    { adapter: 'a GPU', reading: 400, answering: 20 },
    { adapter: 'software', reading: 50, answering: 10 },
  ])
  expect(cell!.score.mean).toBe(0.5)
})

test('without the full cache on all its samples a cell is not compared', () => {
  const { cells } = none([
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
  expect(none(lengths).cells).toHaveLength(1)
})

const rivals = [
  ...document('locret', 'a', 'p0', [1, 0]),
  ...document('random', 'b', 'p0', [0, 0]),
  ...document('random', 'c', 'p1', [1, 1]),
  ...document('full', 'd', 'p0', [1, 1]),
  ...document('random', 'e', 'p0', [1, 1]).map((at) => ({ ...at, budget: 50 })),
]

test('every policy meets the one compared with on the samples and budgets both have, and no others', () => {
  const { duels } = summarize(run, rivals, 'locret')
  expect(duels).toHaveLength(1)
  expect(duels[0]).toMatchObject({ task: 'kv', policy: 'random', documents: 1, samples: 2 })
  expect(duels[0]!.difference.mean).toBe(-0.5)
  expect(none(rivals).duels).toEqual([])
})

test('a cell has its difference from the policy compared with where that one has all its samples', () => {
  const whole = rivals.filter(({ prompt, budget }) => prompt === 'p0' && budget === 100)
  const cells = (records: readonly SampleRecord[]) =>
    summarize(run, records, 'locret').cells.map(({ policy, versus }) => [policy, versus?.mean])
  expect(cells(whole)).toEqual([
    ['full', undefined],
    ['locret', 0],
    ['random', -0.5],
  ])
  expect(cells(rivals).slice(2)).toEqual([
    ['random', undefined],
    ['random', undefined],
  ])
})

test('a document read at two budgets is drawn as one', () => {
  const [near, far] = [100, 50].map((budget) => (at: SampleRecord) => ({ ...at, budget }))
  const records = (policy: string, scores: [number, number][]) =>
    scores.flatMap((pair, i) => document(policy, `${policy}${i}`, `p${i}`, pair))
  const one = [
    ...records('locret', [
      [1, 1],
      [0, 0],
    ]),
    ...records('random', [
      [0, 0],
      [0, 0],
    ]),
  ]
  const both = [...one.map(near!), ...one.map((at) => ({ ...far!(at), key: `${at.key}far` }))]
  const [single] = summarize(run, one, 'locret').duels
  const [twice] = summarize(run, both, 'locret').duels
  expect(twice!.difference).toEqual(single!.difference)
  expect(twice).toMatchObject({ documents: 2, samples: 8 })
})

test('the order in which results came in does not matter', () => {
  const shuffled = [...rivals.slice(3), ...rivals.slice(0, 3)].reverse()
  expect(summarize(run, shuffled, 'locret')).toEqual(summarize(run, rivals, 'locret'))
  expect(none(shuffled).cells.map(({ policy }) => policy)[0]).toBe('full')
})
