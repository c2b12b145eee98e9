import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { mergedSlots } from './merging_shape.ts'
import { settle } from './settings.ts'

const { description } = randomModel(smallShape, 1)

test('the merged slots are what the kept share leaves, rounded down as the official code does', () => {
  expect(mergedSlots(settle({ policy: 'locret+lococo', budget: 16_384 }, description, true))).toBe(
    2048,
  )
  expect(mergedSlots({ policy: 'lococo', budget: 512, keptShare: 0.9 })).toBe(51)
  expect(mergedSlots({ policy: 'locret', budget: 512, keptShare: 0.5 })).toBe(0)
})
