import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { evenBlock, makePlan, requireFit } from './plan.ts'
import { settle } from './settings.ts'

const { description } = randomModel(smallShape, 1)
const planFor = (budget: number) =>
  makePlan(
    description,
    settle({ budget, chunk: 64, tail: 32, cache: 'f16' }, description, false),
    0,
  )

test('a budget that does not fit is refused with the largest that does', () => {
  const allowed = 100_000
  let message = ''
  try {
    requireFit(planFor(50_000), allowed)
  } catch (error) {
    message = String(error)
  }
  const largest = Number(/lower the budget to ([\d,]+)/.exec(message)?.[1]?.replaceAll(',', ''))
  expect(message).toMatch(/needs [\d,]+ MB in one buffer but this device allows 1 MB/)
  expect(() => requireFit(planFor(largest), allowed)).not.toThrow()
  expect(() => requireFit(planFor(largest + 1), allowed)).toThrow()
})

test('a block is never longer than a chunk', () => {
  expect(planFor(128).block).toBeLessThanOrEqual(64)
  expect(planFor(128).longestBlock).toBeLessThanOrEqual(64)
})

test.each([
  [3088, 2048, 1544],
  [2048, 2048, 2048],
  [5, 2048, 5],
  [1026, 512, 342],
])('%d tokens in blocks of at most %d begin with %d', (tokens, longest, first) => {
  expect(evenBlock(tokens, longest)).toBe(first)
})
