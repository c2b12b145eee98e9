// What holds of all settings that can be resolved, and of every way to deal a budget.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { LongtabError } from '../api/errors.ts'
import { policyNames } from '../api/policies.ts'
import type { SettingOverrides } from '../api/settings.ts'
import { attentionEverywhere } from '../model/layer_kinds.ts'
import { drawn } from '../testing/drawn.ts'
import { budgetsOf, type DealingSettings } from './allocation.ts'
import { resolveSettings } from './settings.ts'

const { description } = randomModel(smallShape, 1)
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

const overrides = fc
  .record(
    {
      budget: fc.integer({ min: 1, max: 600 }),
      chunk: fc.integer({ min: 1, max: 300 }),
      tail: fc.integer({ min: 1, max: 200 }),
      local: fc.nat(150),
      burst: fc.nat(20),
      positions: fc.constantFrom('slot', 'original'),
      allocation: fc.constantFrom('even', 'pyramid', 'by-head', 'ada-kv'),
      recall: fc.constantFrom('none', 'units', 'passages'),
      policy: fc.record(
        {
          name: fc.constantFrom(...policyNames),
          stabilizers: fc.nat(100),
          sinks: fc.nat(8),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map((one) => one as SettingOverrides)

test('settings that were resolved are resolved to themselves', () => {
  let resolved = 0
  const shares = Array.from({ length: smallShape.layers }, (_, layer) =>
    Array.from({ length: smallShape.kvHeads }, (_, head) => 1 + layer + head),
  )
  const beside = { heads: { shares, pool: 2 } }
  fc.assert(
    fc.property(overrides, (chosen) => {
      let once: ReturnType<typeof resolveSettings>
      try {
        once = resolveSettings(chosen, description, beside)
      } catch (error) {
        expect(error).toBeInstanceOf(LongtabError)
        return
      }
      resolved++
      expect(resolveSettings(once, description, beside)).toEqual(once)
    }),
    drawn(400),
  )
  expect(resolved).toBeGreaterThan(20)
})

const dealing = fc
  .record({
    layers: fc.integer({ min: 1, max: 12 }),
    kvHeads: fc.integer({ min: 1, max: 4 }),
    budget: fc.integer({ min: 20, max: 2000 }),
    stabilizers: fc.nat(12),
    sinks: fc.nat(4),
  })
  .chain((one) => {
    const share = fc.double({ min: 0, max: 1e6, noNaN: true })
    const layer = fc.array(share, { minLength: one.kvHeads, maxLength: one.kvHeads })
    const shares = fc.array(layer, { minLength: one.layers, maxLength: one.layers })
    return shares.map((shares) => ({ ...one, shares }))
  })

test('every allocation deals the budget to the unit, and gives every head what it spares and a place more', () => {
  fc.assert(
    fc.property(dealing, ({ layers, kvHeads, budget, stabilizers, sinks, shares }) => {
      const model = { kinds: attentionEverywhere(layers), kvHeads, maxPositions: 4000 }
      const base = { budget, burst: 0, chunk: 40, tail: 24, positions: 'slot' } as const
      for (const allocation of ['even', 'pyramid', 'by-head', 'ada-kv'] as const) {
        const settings: DealingSettings = { ...base, allocation, policy: { stabilizers, sinks } }
        const budgets = budgetsOf(settings, model, shares)
        expect(sum(budgets.flat()), allocation).toBe(budget * layers * kvHeads)
        expect(Math.min(...budgets.flat())).toBeGreaterThan(stabilizers + sinks)
        if (allocation === 'ada-kv')
          for (const heads of budgets) expect(sum(heads)).toBe(budget * kvHeads)
        if (allocation === 'by-head')
          expect(Math.max(...budgets.flat())).toBeLessThanOrEqual(Math.max(budget, 4000 - 64))
      }
    }),
    drawn(200),
  )
})
