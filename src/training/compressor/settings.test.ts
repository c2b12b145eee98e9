import type { CompressorOverrides } from '../../api/training.ts'
import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../../reference/random_model.ts'
import { resolveCompressorSettings } from './settings.ts'

const { description } = randomModel(smallShape, 1)
const usual = { budget: 20, chunk: 12, burst: 3, length: 60 }

test('what is not chosen follows the policy and the model', () => {
  const lococo = resolveCompressorSettings(usual, description)
  expect(lococo).toMatchObject({
    policy: { name: 'lococo', keptShare: 0.5 },
    positions: 'slot',
    taps: 21,
  })
  const both = resolveCompressorSettings({ ...usual, policy: 'locret+lococo' }, description)
  expect(both.policy).toEqual({ name: 'locret+lococo', keptShare: 0.875 })
})

test.each<[string, CompressorOverrides, RegExp]>([
  ['a policy that drops', { policy: 'h2o' }, /h2o merges nothing/],
  ['nothing to merge into', { policy: { keptShare: 1 } }, /kept share of 1 of 20 leaves no slot/],
  ['an even kernel', { taps: 4 }, /must be odd, not 4/],
  ['a length that ends too soon', { length: 24 }, /length of 24 ends before .* at token 25/],
  ['a length beyond the model', { length: 1e6 }, /1000000 is more than the \d+ positions/],
  ['no rate', { rate: 0 }, /rate must lie between 0 and 1/],
])('%s is refused in words', (_name, overrides, words) => {
  expect(() => resolveCompressorSettings({ ...usual, ...overrides }, description)).toThrow(words)
})

test('a length that meets one token of the chunk after a merge is enough', () => {
  expect(resolveCompressorSettings({ ...usual, length: 25 }, description).length).toBe(25)
})
