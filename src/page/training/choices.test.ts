import { expect, test } from 'vitest'
import { resolveChoices, widthsFor } from './choices.ts'

const model = { maxPositions: 2048 }

test('a short training is looked at as often as a long one', () => {
  const looks = (steps: number) => resolveChoices({ steps }, model).lookEvery
  expect([1, 32, 400, 4000].map(looks)).toEqual([1, 2, 25, 25])
})

test('what is not chosen follows from the model and the label', () => {
  expect(resolveChoices({}, model)).toMatchObject({ steps: 400, hidden: 256, length: 1792 })
  expect(resolveChoices({ label: 'repeat' }, model).length).toBe(896)
})

test('a length beyond the model’s positions is refused with what would do', () => {
  expect(() => resolveChoices({ length: 4000 }, model)).toThrow(/lower .* to 1792/)
})

test('narrow heads are offered to small models only', () => {
  expect(widthsFor({ hidden: 4096 })).toEqual([256, 1024])
  expect(widthsFor({ hidden: 192 })).toEqual([16, 64, 256, 1024])
})
