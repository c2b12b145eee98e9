import { describe, expect, test } from 'vitest'
import { budgetsOf, type DealingSettings } from './allocation.ts'
import { attentionEverywhere } from '../model/layer_kinds.ts'

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

const base: DealingSettings = {
  budget: 60,
  burst: 0,
  chunk: 40,
  tail: 24,
  positions: 'slot',
  allocation: 'even',
  policy: { stabilizers: 0, sinks: 0 },
}
const shape = (layers: number, kvHeads: number, maxPositions = 2048) => ({
  kinds: attentionEverywhere(layers),
  kvHeads,
  maxPositions,
})

test('an even allocation gives every KV head the budget', () => {
  expect(budgetsOf(base, shape(3, 2))).toEqual([
    [60, 60],
    [60, 60],
    [60, 60],
  ])
})

test('a pyramid falls in equal steps from almost twice the budget to a twentieth of it', () => {
  const settings = { ...base, budget: 200, allocation: 'pyramid' } as const
  expect(budgetsOf(settings, shape(5, 1)).flat()).toEqual([390, 295, 200, 105, 10])
  expect(budgetsOf(settings, shape(5, 3))[1]).toEqual([295, 295, 295])
})

test.each([
  { layers: 1, budget: 77, policy: { stabilizers: 5, sinks: 4 } },
  { layers: 7, budget: 61, policy: { stabilizers: 12, sinks: 0 } },
  { layers: 32, budget: 4096, policy: { stabilizers: 1706, sinks: 4 } },
  { layers: 4, budget: 3, policy: { stabilizers: 1, sinks: 1 } },
])('in a pyramid no unit is lost and every layer can choose: %o', ({ layers, ...settings }) => {
  const dealing = { ...base, ...settings, allocation: 'pyramid' } as const
  const budgets = budgetsOf(dealing, shape(layers, 1)).flat()
  expect(sum(budgets)).toBe(layers * settings.budget)
  expect(Math.min(...budgets)).toBeGreaterThan(settings.policy.stabilizers + settings.policy.sinks)
  expect(budgets).toEqual(budgets.toSorted((a, b) => b - a))
})

describe('by shares', () => {
  const byHead = { ...base, budget: 100, allocation: 'by-head' } as const
  const adaKv = { ...byHead, allocation: 'ada-kv' } as const
  const shares = [
    [1, 0, 7],
    [0.25, 0.5, 3],
  ]

  test('what is above the floor is dealt out in proportion', () => {
    const budgets = budgetsOf(byHead, shape(2, 3), shares)
    // 600 units, 16 to each of six heads, 504 by shares that come to 11.75
    const exact = shares.flat().map((share) => 16 + (504 * share) / 11.75)
    budgets.flat().forEach((units, i) => expect(Math.abs(units - exact[i]!)).toBeLessThan(1))
    expect(budgets[0]![1]).toBe(16)
    expect(sum(budgets.flat())).toBe(600)
  })

  test('ada-kv keeps the mean of every layer', () => {
    const budgets = budgetsOf(adaKv, shape(2, 3), shares)
    expect(budgets.map(sum)).toEqual([300, 300])
    expect(budgets[0]).toEqual([48, 16, 236]) // 252 above the floors, by 1 : 0 : 7 (31.5 and 220.5)
    expect(budgets[1]![2]).toBeGreaterThan(budgets[1]![1]!)
  })

  test('only proportions count', () => {
    const doubled = shares.map((heads) => heads.map((share) => 2 * share))
    expect(budgetsOf(byHead, shape(2, 3), doubled)).toEqual(budgetsOf(byHead, shape(2, 3), shares))
  })

  test('every head has what it spares and one place more, or the mean where that is all there is', () => {
    const spared = { ...byHead, policy: { stabilizers: 40, sinks: 4 } }
    expect(Math.min(...budgetsOf(spared, shape(2, 3), shares).flat())).toBe(45)
    const tight = { ...byHead, budget: 9, policy: { stabilizers: 3, sinks: 0 } }
    expect(budgetsOf(tight, shape(2, 3), shares).flat()).toEqual([9, 9, 9, 9, 9, 9])
  })

  test('no head reaches beyond the positions, and what it may not have goes to the others', () => {
    // 300 positions less chunk and tail: 236 slots at most
    const one = [
      [1, 1, 1],
      [1, 1, 95],
    ]
    const budgets = budgetsOf(byHead, shape(2, 3, 300), one)
    expect(budgets[1]![2]).toBe(236)
    expect(sum(budgets.flat())).toBe(600)
    for (const units of budgets.flat().slice(0, 5)) expect([72, 73]).toContain(units)
    // a burst takes its slots behind the budget
    const bursting = budgetsOf({ ...byHead, burst: 30 }, shape(2, 3, 300), one)
    expect(bursting[1]![2]).toBe(206)
    // two in turn: the second is full only with what the first left
    const two = [
      [1, 1, 1],
      [1, 20, 95],
    ]
    const twice = budgetsOf(byHead, shape(2, 3, 300), two)
    expect(twice[1]!.slice(1)).toEqual([236, 236])
    expect(twice.flat().slice(0, 4)).toEqual([32, 32, 32, 32])
  })

  test('positions of the document have no such end', () => {
    const original = { ...byHead, positions: 'original' } as const
    const budgets = budgetsOf(original, shape(1, 3, 300), [[0, 0, 1]])
    expect(budgets).toEqual([[16, 16, 268]])
  })

  test('a budget beyond the positions stays even', () => {
    expect(budgetsOf({ ...byHead, budget: 400 }, shape(1, 2, 300), [[1, 9]])).toEqual([[400, 400]])
  })

  test('shares of nothing in a layer are even shares under ada-kv', () => {
    const budgets = budgetsOf(adaKv, shape(2, 2), [
      [0, 0],
      [0, 1],
    ])
    expect(budgets).toEqual([
      [100, 100],
      [16, 184],
    ])
  })

  test('are missed in words', () => {
    expect(() => budgetsOf(byHead, shape(2, 3))).toThrow(
      expect.objectContaining({
        code: 'bad-setting',
        message: expect.stringMatching(
          /allocation by-head deals .* shares in a heads file/,
        ) as string,
      }),
    )
  })
})
