import { expect, test } from 'vitest'
import { budgetsOf } from './allocation.ts'

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const none = { stabilizers: 0, sinks: 0 }

test('an even allocation gives every layer the budget', () => {
  expect(budgetsOf({ budget: 60, ...none, allocation: 'even' }, 3)).toEqual([60, 60, 60])
})

test('a pyramid falls in equal steps from almost twice the budget to a twentieth of it', () => {
  expect(budgetsOf({ budget: 200, ...none, allocation: 'pyramid' }, 5)).toEqual([
    390, 295, 200, 105, 10,
  ])
})

test.each([
  { layers: 1, budget: 77, stabilizers: 5, sinks: 4 },
  { layers: 7, budget: 61, stabilizers: 12, sinks: 0 },
  { layers: 32, budget: 4096, stabilizers: 1706, sinks: 4 },
  { layers: 4, budget: 3, stabilizers: 1, sinks: 1 },
])('no unit is lost and every layer can choose: %o', ({ layers, ...settings }) => {
  const budgets = budgetsOf({ ...settings, allocation: 'pyramid' }, layers)
  expect(sum(budgets)).toBe(layers * settings.budget)
  expect(Math.min(...budgets)).toBeGreaterThan(settings.stabilizers + settings.sinks)
  expect(budgets).toEqual(budgets.toSorted((a, b) => b - a))
})
