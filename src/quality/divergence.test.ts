import { expect, test } from 'vitest'
import { divergence } from './divergence.ts'

const logits = (...shares: number[]) => Float32Array.from(shares.map((share) => Math.log(share)))

test('KL of two coins, worked by hand', () => {
  const { nats, agreement } = divergence(logits(0.5, 0.5), logits(0.25, 0.75), 2)
  expect(nats).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3))
  expect(agreement).toBe(0)
})

test('the mean over rows, whatever is added to the logits of a row', () => {
  const full = Float32Array.from([...logits(0.5, 0.5), ...logits(0.9, 0.1)])
  const shifted = full.map((logit) => logit + 7)
  expect(divergence(full, shifted, 2)).toEqual({
    nats: expect.closeTo(0, 5) as number,
    agreement: 1,
  })
  const other = Float32Array.from([...logits(0.25, 0.75), ...logits(0.9, 0.1)])
  expect(divergence(full, other, 2).nats).toBeCloseTo(0.25 * Math.log(2) + 0.25 * Math.log(2 / 3))
})
