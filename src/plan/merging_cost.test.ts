import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { mergingCost } from './merging_cost.ts'

const { description } = randomModel(smallShape, 1)
const [layer] = description.attention
/** Llama-3.1-8B */
const llama = {
  ...description,
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 8,
  headSize: 128,
  feedForward: 14_336,
  attention: Array.from({ length: 32 }, () => layer!),
}
/** the paper's setting: 2,048 of 16,384 slots merged, chunks of 1,024, no burst */
const paper = { budget: 16_384, chunk: 1024, burst: 0 }

test('the paper’s setting costs 8.5 billion multiply-adds per token beside 11.4 billion, and 1.4 GB', () => {
  const cost = mergingCost(llama, { merged: 2048, taps: 21 }, paper)
  expect(cost.perToken / 1e9).toBeCloseTo(8.5, 1)
  expect(cost.modelPerToken / 1e9).toBeCloseTo(11.4, 1)
  expect(cost.bytes / 1e9).toBeCloseTo(1.41, 2)
})

test('of a chunk, every merged-over slot and KV head costs 2 · d · k · M', () => {
  const { perToken } = mergingCost(
    llama,
    { merged: 4, taps: 3 },
    { budget: 64, chunk: 16, burst: 0 },
  )
  expect(16 * perToken).toBe(32 * 8 * (4 + 16) * (2 * 128 * 3 * 4))
})

test('a burst of whole chunks makes evictions rarer, a shorter one does not', () => {
  const cost = (burst: number) =>
    mergingCost(llama, { merged: 16, taps: 3 }, { budget: 64, chunk: 16, burst }).perToken
  expect(cost(15)).toBe(cost(0))
  expect(cost(16) / cost(0)).toBe((16 + 32) / 32 / ((16 + 16) / 16))
})

test('a layer with a window looks no further than it', () => {
  const windowed = { ...llama, attention: llama.attention.map((one) => ({ ...one, window: 1000 })) }
  const own = (model: typeof llama) =>
    mergingCost(model, { merged: 16, taps: 3 }, paper).modelPerToken
  expect(own(llama) - own(windowed)).toBe(32 * 2 * 32 * 128 * (16_384 + 512.5 - 1000))
})
