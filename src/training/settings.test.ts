import { expect, test } from 'vitest'
import { rateFactor } from './schedule.ts'
import { defaultTrainingSettings, resolveTrainingSettings } from './settings.ts'

test('the rate rises to its full height and falls to nothing', () => {
  const settings = { ...defaultTrainingSettings, steps: 100, warmUp: 0.1 }
  expect(rateFactor(0, settings)).toBeCloseTo(0.1)
  expect(rateFactor(9, settings)).toBe(1)
  expect(rateFactor(10, settings)).toBe(1)
  expect(rateFactor(55, settings)).toBeCloseTo(0.5)
  expect(rateFactor(99, settings)).toBeCloseTo(1 / 90)
})

test.each([64, 2048, 131_072])('defaults fit a model of %d positions', (positions) => {
  const { length, reply } = resolveTrainingSettings({}, positions)
  expect(length + reply).toBeLessThanOrEqual(positions)
  const repeating = resolveTrainingSettings({ label: 'repeat' }, positions)
  expect(2 * repeating.length + repeating.reply).toBeLessThanOrEqual(positions)
})

test.each([
  [{ length: 2000 }, /length of 2000 and a reply of 256 are more than the 2048 .* to 1792/],
  [{ length: 1000, label: 'repeat' }, /twice 1000/],
  [{ steps: 0 }, /steps must be a whole number of at least 1, not 0/],
  [{ rate: 2 }, /rate must lie between 0 and 1, not 2/],
] as const)('%o is refused', (overrides, message) => {
  expect(() => resolveTrainingSettings(overrides, 2048)).toThrow(message)
})
