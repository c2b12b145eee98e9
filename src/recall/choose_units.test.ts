import { describe, expect, test } from 'vitest'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { chooseUnits, highestAround } from './choose_units.ts'

const alone = { before: 0, after: 0 }

describe('highestAround', () => {
  test('a score reaches the rows before and after it', () => {
    const scores = Float32Array.of(0, 0, 0, 5, 0, 0, 0, 0)
    expect([...highestAround(scores, { before: 1, after: 3 })]).toEqual([0, 0, 5, 5, 5, 5, 5, 0])
  })

  test.each([
    [0, 0],
    [2, 12],
    [7, 0],
    [90, 90],
  ])('is the highest of %d before and %d after, counted one by one', (before, after) => {
    const scores = randomValues(75, 3)
    const highest = scores.map((_, token) =>
      Math.max(...scores.slice(Math.max(0, token - after), token + before + 1)),
    )
    expect(highestAround(scores, { before, after })).toEqual(highest)
  })
})

describe('chooseUnits', () => {
  test('takes all where the budget has room for them', () => {
    const choice = { budget: 5, sinks: 2, newest: 2, neighbours: alone }
    expect([...chooseUnits(Float32Array.of(3, 1, 2), choice)]).toEqual([0, 1, 2])
  })

  test('spares the oldest and the newest and brings the neighbours', () => {
    const scores = new Float32Array(20).fill(-9)
    scores[8] = 1
    const choice = { budget: 7, sinks: 1, newest: 2, neighbours: { before: 1, after: 2 } }
    expect([...chooseUnits(scores, choice)]).toEqual([0, 7, 8, 9, 10, 18, 19])
  })

  test('of equal scores the later stay', () => {
    const choice = { budget: 3, sinks: 0, newest: 0, neighbours: alone }
    expect([...chooseUnits(Float32Array.of(1, 2, 1, 1, 1), choice)]).toEqual([1, 3, 4])
  })

  test('a budget of nothing but spared units', () => {
    const choice = { budget: 4, sinks: 2, newest: 2, neighbours: alone }
    expect([...chooseUnits(randomValues(30, 1), choice)]).toEqual([0, 1, 28, 29])
  })

  test.each([[randomValues(500, 9)], [Float32Array.from(randomIntegers(500, 12, 5))]])(
    'agrees with a sort',
    (scores) => {
      const budget = 77
      const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || b - a)
      const expected = order.slice(0, budget).sort((a, b) => a - b)
      const choice = { budget, sinks: 0, newest: 0, neighbours: alone }
      expect([...chooseUnits(scores, choice)]).toEqual(expected)
    },
  )
})
