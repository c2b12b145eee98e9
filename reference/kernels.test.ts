import { expect, test } from 'vitest'
import { append } from './append.ts'
import { capped } from './cap.ts'
import { embed } from './embed.ts'
import { gate } from './gate.ts'
import { emptyCache } from './model.ts'
import { rmsNorm, rmsNormHeads } from './rms_norm.ts'
import { addBias, project, projectOnto } from './project.ts'
import { pcg, uniform } from './random.ts'
import { score } from './score.ts'

// Small cases computed by hand.
const shape = { heads: 2, kvHeads: 1, headSize: 2 }

test('embed takes rows of the table', () => {
  expect([...embed(Uint32Array.of(2, 0), Float32Array.of(1, 2, 3, 4, 5, 6), 2, 2)]).toEqual([
    10, 12, 2, 4,
  ])
})

test('rms_norm scales each row to a root mean square of one, then by the weight', () => {
  expect([...rmsNorm(Float32Array.of(3, 3, -8, 8), Float32Array.of(1, 2), 0)]).toEqual([
    1, 2, -1, 2,
  ])
  expect([...rmsNorm(Float32Array.of(0, 0), Float32Array.of(1, 2), 1e-5)]).toEqual([0, 0])
})

test('project multiplies, projectOnto adds', () => {
  const x = Float32Array.of(1, 2, 3, 4)
  const matrix = Float32Array.of(1, 0, 0, 1, 1, 1)
  expect([...project(x, matrix, 2)]).toEqual([1, 2, 3, 3, 4, 7])
  const output = new Float32Array(6).fill(10)
  projectOnto(x, matrix, 2, output)
  expect([...output]).toEqual([11, 12, 13, 13, 14, 17])
})

test('append stores keys and values of each row in its slot', () => {
  const cache = emptyCache(shape, 3)
  // q q q q  k k  v v
  append(Float32Array.of(0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8), cache, shape, [1], 40)
  expect([...cache.keys]).toEqual([0, 0, 1, 2, 5, 6])
  expect([...cache.values]).toEqual([0, 0, 3, 4, 7, 8])
  expect([...cache.origins]).toEqual([0, 40, 41])
})

test('gate is silu of the first half times the second', () => {
  const [zero, one, large, small] = gate(Float32Array.of(0, 1, 60, -60, 5, 2, 3, 4), 4, 'silu')
  expect(zero).toBe(0)
  expect(one).toBeCloseTo(2 / (1 + Math.exp(-1)), 6)
  expect(large).toBe(180)
  expect(small).toBeCloseTo(0, 20)
})

test('gelu is nearly x · Φ(x)', () => {
  const [zero, one, minusOne] = gate(Float32Array.of(0, 1, -1, 1, 1, 1), 3, 'gelu')
  expect(zero).toBe(0)
  expect(one).toBeCloseTo(0.8413, 3) // the standard normal distribution at 1
  expect(minusOne).toBeCloseTo(-0.1587, 3)
})

test('a bias is added to every row, heads are normed each for itself', () => {
  const bias = Float32Array.of(1, 0, -1, 0, 2, 0, 0, 0)
  expect([...addBias(new Float32Array(16), bias)]).toEqual([...bias, ...bias])
  const qkv = Float32Array.of(3, -3, 8, 8, -1, 1, 5, 7) // q q  q q  k k  v v
  const weights = { query: Float32Array.of(1, 2), key: Float32Array.of(4, 3) }
  rmsNormHeads(qkv, weights, shape, 0)
  expect([...qkv]).toEqual([1, -2, 1, 2, -4, 3, 5, 7])
})

test('a cap hardly changes small values and bounds large ones', () => {
  expect(capped(0.1, 50)).toBeCloseTo(0.1, 6)
  expect(capped(1e6, 50)).toBeCloseTo(50, 6)
  expect(capped(1e6, undefined)).toBe(1e6)
})

test('score weighs the activated hidden layer, one score per KV head', () => {
  const cache = emptyCache({ ...shape, kvHeads: 2 }, 4)
  const silu1 = 1 / (1 + Math.exp(-1))
  score(Float32Array.of(1, 0, 0, 1), { fc2: Float32Array.of(2, 3, -1, 4) }, cache, [1, 1])
  const expected = [0, 2 * silu1, 3 * silu1, 0, 0, -silu1, 4 * silu1, 0]
  cache.scores.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
})

test('the bias of a retaining head counts before the activation', () => {
  const cache = emptyCache(shape, 1)
  const head = { fc2: Float32Array.of(2, 3), bias: Float32Array.of(1, -1) }
  score(Float32Array.of(0, 1), head, cache, [0])
  expect(cache.scores[0]).toBeCloseTo(2 / (1 + Math.exp(-1)), 6)
})

test('pcg gives the published values', () => {
  // state and word by hand for 0: 2891336453 shifted by 14, xored, times 277803737
  expect(pcg(0)).toBe(129708002)
  expect(uniform(0)).toBe((129708002 >>> 8) / 2 ** 24)
  expect(uniform(1, 2)).not.toBe(uniform(2, 1))
})
