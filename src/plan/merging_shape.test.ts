import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { mergedSlots } from './merging_shape.ts'
import { resolveSettings } from './settings.ts'

const { description } = randomModel(smallShape, 1)

test('the merged slots are what the kept share leaves, rounded down as the official code does', () => {
  expect(
    mergedSlots(
      resolveSettings({ policy: 'locret+lococo', budget: 16_384 }, description, { heads: {} }),
    ),
  ).toBe(2048)
  expect(mergedSlots({ budget: 512, policy: { keptShare: 0.9 } })).toBe(51)
  expect(mergedSlots({ budget: 512, policy: {} })).toBe(0)
})
