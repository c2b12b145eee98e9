// Compares the engine's budgets with the reference's, which are computed by another method.
import { expect, test } from 'vitest'
import { budgetsOf as engineBudgets } from '../src/plan/allocation.ts'
import { mergedSlots as engineMerged } from '../src/plan/merging_shape.ts'
import { pcg } from '../src/random.ts'
import { budgetsOf, mergedSlots } from './budgets.ts'
import type { LayerKind } from '../src/api/description.ts'

const base = { burst: 0 } as const

/** Pseudo-random integers below `most`, the same at every run. */
function numbers(seed: number): (most: number) => number {
  let at = seed
  return (most) => pcg((at += 0x9e37)) % most
}

test.each(['even', 'pyramid', 'ada-kv', 'by-head'] as const)(
  '%s deals as the engine does, in 200 shapes',
  (allocation) => {
    for (let seed = 0; seed < 200; seed++) {
      const below = numbers(seed)
      const layers = 1 + below(12)
      const kinds = Array.from({ length: layers }, (_, layer): readonly LayerKind[] =>
        (seed >> layer) & 1 ? ['short convolution', 'attention'] : ['attention'],
      ).flat()
      const shape = { kinds, kvHeads: 1 + below(6), maxPositions: 2048 }
      const budget = 40 + below(400)
      const settings = {
        ...base,
        allocation,
        budget,
        policy: { stabilizers: below(20), sinks: below(5) },
        chunk: 32 + below(200),
        tail: 16 + below(64),
        positions: below(2) === 0 ? ('slot' as const) : ('original' as const),
      }
      const shares = kinds.map((kind) =>
        Array.from({ length: kind === 'attention' ? shape.kvHeads : 0 }, () =>
          below(5) === 0 ? 0 : below(1000) / 1000,
        ),
      )
      const own = budgetsOf(settings, shape, shares)
      expect(own, `seed ${seed}`).toEqual(engineBudgets(settings, shape, shares))
    }
  },
)

test('merged slots are what the kept share leaves', () => {
  for (const name of ['lococo', 'locret+lococo', 'locret'] as const)
    for (const keptShare of [0.5, 0.875, 1]) {
      const own = name === 'locret' ? {} : { keptShare }
      const settings = { budget: 1000, policy: { name, stabilizers: 0, sinks: 0, ...own } }
      expect(mergedSlots(settings)).toBe(engineMerged(settings))
    }
})
