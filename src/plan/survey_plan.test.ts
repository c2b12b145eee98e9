import { expect, test } from 'vitest'
import { inGroups, surveyCost, surveyPlan } from './survey_plan.ts'

const room = { policy: { name: 'streaming', stabilizers: 0, sinks: 4 }, burst: 0 } as const
const budgets = (most: number) => [[most, most + 100], [most]]

test('groups follow one another, hold everything, and none but one of a single item exceeds the most', () => {
  const lengths = [100, 150, 120, 600, 50, 50, 380, 90]
  const groups = inGroups(lengths, 500)
  expect(groups.flatMap(({ first, count }) => lengths.slice(first, first + count))).toEqual(lengths)
  for (const { first, count } of groups) {
    const tokens = lengths.slice(first, first + count).reduce((sum, length) => sum + length, 0)
    expect(tokens <= 500 || count === 1, `${tokens} tokens of ${count}`).toBe(true)
  }
  expect(groups.map(({ count }) => count)).toEqual([3, 1, 3, 1])
  expect(inGroups([], 500)).toEqual([])
})

test('pieces and joined answers stand in the slots of the smallest KV head', () => {
  const small = surveyPlan({ ...room, chunk: 100 }, budgets(300))
  expect(small.piece).toBe(336) // 300 + 100 − 64 of the template
  expect(small.joined).toBe(336)
  const large = surveyPlan({ ...room, chunk: 3000 }, budgets(6000))
  expect(large.joined).toBeGreaterThan(large.piece)
  const whole = surveyPlan({ ...room, policy: { ...room.policy, name: 'full' }, chunk: 1 }, [[1]])
  expect(whole, 'a cache that grows').toEqual(large)
  for (const { part, joined } of [small, large]) expect(2 * part).toBeLessThanOrEqual(joined)
})

const plan = { piece: 512, part: 128, joined: 2048 }
const unmeasured = { reads: undefined, writes: undefined }

test('a document of one piece is read once and nothing is joined', () => {
  const cost = surveyCost([100, 120], plan, 512, unmeasured)
  expect(cost).toMatchObject({ pieces: 1, writtenTokens: 128 })
  expect(cost.readTokens).toBeGreaterThan(220)
  expect(cost.readTokens).toBeLessThan(220 + 128)
  expect(cost, 'nothing was measured').not.toHaveProperty('seconds')
})

test('many answers are joined in a tree, and every level is counted', () => {
  const passages = Array.from({ length: 4 * 60 }, () => 128)
  const { pieces, readTokens, writtenTokens } = surveyCost(passages, plan, 512, unmeasured)
  expect(pieces).toBe(60)
  const apart = surveyCost(passages, plan, undefined, unmeasured)
  expect(apart.writtenTokens, 'nothing is joined').toBe(60 * 128)
  expect(apart.readTokens).toBeLessThan(readTokens - 60 * 132)
  // 60 answers of 132 tokens, 15 in 2,048: four joins of 128 tokens, then one of 512
  expect(writtenTokens).toBe(60 * 128 + 4 * 128 + 512)
  expect(readTokens).toBeGreaterThan(240 * 128 + 60 * 132 + 4 * 132)
})

test('seconds follow from both speeds', () => {
  const cost = surveyCost([512, 512], plan, undefined, { reads: 1000, writes: 10 })
  expect(cost.seconds).toBeCloseTo(cost.readTokens / 1000 + cost.writtenTokens / 10)
  expect(surveyCost([512], plan, 100, { reads: 1000, writes: undefined })).not.toHaveProperty(
    'seconds',
  )
})
