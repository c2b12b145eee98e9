import { expect, test } from 'vitest'
import { append } from './append.ts'
import { embed } from './embed.ts'
import { gate } from './gate.ts'
import { emptyCache } from './model.ts'
import { norm } from './norm.ts'
import { project, projectOnto } from './project.ts'
import { pcg, uniform } from './random.ts'
import { score } from './score.ts'

// Small cases worked out by hand.
const shape = { heads: 2, kvHeads: 1, headSize: 2, rotary: { base: 10_000, rotated: 2 } }

test('embed takes rows of the table', () => {
  expect([...embed(Uint32Array.of(2, 0), Float32Array.of(1, 2, 3, 4, 5, 6), 2)]).toEqual([
    5, 6, 1, 2,
  ])
})

test('norm scales each row to a root mean square of one, then by the weight', () => {
  expect([...norm(Float32Array.of(3, 3, -8, 8), Float32Array.of(1, 2), 0)]).toEqual([1, 2, -1, 2])
  expect([...norm(Float32Array.of(0, 0), Float32Array.of(1, 2), 1e-5)]).toEqual([0, 0])
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
  append(Float32Array.of(0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8), cache, shape, 1, 40)
  expect([...cache.keys]).toEqual([0, 0, 1, 2, 5, 6])
  expect([...cache.values]).toEqual([0, 0, 3, 4, 7, 8])
  expect([...cache.origins]).toEqual([0, 40, 41])
})

test('gate is silu of the first half times the second', () => {
  const [zero, one, large, small] = gate(Float32Array.of(0, 1, 60, -60, 5, 2, 3, 4), 4)
  expect(zero).toBe(0)
  expect(one).toBeCloseTo(2 / (1 + Math.exp(-1)), 6)
  expect(large).toBe(180)
  expect(small).toBeCloseTo(0, 20)
})

test('score weighs the activated hidden layer, one score per KV head', () => {
  const cache = emptyCache({ ...shape, kvHeads: 2 }, 4)
  const silu1 = 1 / (1 + Math.exp(-1))
  score(Float32Array.of(1, 0, 0, 1), Float32Array.of(2, 3, -1, 4), cache, 2, 1)
  const expected = [0, 2 * silu1, 3 * silu1, 0, 0, -silu1, 4 * silu1, 0]
  cache.scores.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
})

test('pcg gives the published values', () => {
  // state and word by hand for 0: 2891336453 shifted by 14, xored, times 277803737
  expect(pcg(0)).toBe(129708002)
  expect(uniform(0)).toBe((129708002 >>> 8) / 2 ** 24)
  expect(uniform(1, 2)).not.toBe(uniform(2, 1))
})
