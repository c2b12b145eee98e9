import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { convolutionPerToken, mergedSlots } from './merging_shape.ts'
import { settle } from './settings.ts'

const { description } = randomModel(smallShape, 1)
/** the paper's setting: 2,048 of 16,384 slots merged, chunks of 1,024, no burst */
const paper = { policy: 'locret+lococo', budget: 16_384, chunk: 1024, burst: 0 } as const
const llama = { ...description, layers: 32, kvHeads: 8, headSize: 128 }

test('the merged slots are what the kept share leaves, rounded down as the official code does', () => {
  expect(mergedSlots(settle(paper, llama, true))).toBe(2048)
  expect(mergedSlots({ policy: 'lococo', budget: 512, keptShare: 0.9 })).toBe(51)
  expect(mergedSlots({ policy: 'locret', budget: 512, keptShare: 0.5 })).toBe(0)
})

test('the convolution of the paper’s setting costs 8.5 billion multiplications per token', () => {
  expect(convolutionPerToken(llama, settle(paper, llama, true), 21) / 1e9).toBeCloseTo(8.5, 1)
})
