import { expect, test } from 'vitest'
import { drawScores } from './draw_scores.ts'
import { emptyCache } from './model.ts'
import { select } from './select.ts'

const kvHeads = 2000

/** (token): how many KV heads keep each of these tokens, of which `certain` are not drawn. */
function drawn(given: readonly number[], certain: number, kept: number): number[] {
  const count = given.length
  const shape = { headSize: 2, rotary: { base: 10_000, rotated: 2 }, heads: kvHeads, kvHeads }
  const cache = emptyCache(shape, count)
  cache.scores.forEach((_, slot) => {
    cache.scores[slot] = given[slot % count]!
    cache.origins[slot] = slot % count
  })
  const evictions = cache.heads.map(({ offset }) => {
    return { offset, pinned: 0, occupied: count, survivors: certain, first: 0, last: 0 }
  })
  drawScores(cache, evictions, select(cache.scores, evictions), 5, 0)
  const counts = new Array<number>(count).fill(0)
  for (const { offset } of cache.heads) {
    const order = [...given.keys()].sort(
      (a, b) => cache.scores[offset + b]! - cache.scores[offset + a]!,
    )
    for (const token of order.slice(0, kept)) counts[token]!++
  }
  return counts
}

/** That so many of all KV heads is no rare chance. */
function expectShare(count: number, share: number): void {
  const deviation = Math.sqrt(kvHeads * share * (1 - share))
  expect(Math.abs(count - kvHeads * share)).toBeLessThan(4.5 * deviation)
}

test('one token is drawn with the probabilities of a softmax over the scores', () => {
  const scores = [0, 1, 2, -1]
  const whole = scores.reduce((sum, score) => sum + Math.exp(score), 0)
  drawn(scores, 0, 1).forEach((count, token) =>
    expectShare(count, Math.exp(scores[token]!) / whole),
  )
})

test('the certain stay in every KV head, and equal scores among the others alike often', () => {
  const [first, ...others] = drawn([9, 0.5, 0.5, 0.5, 8, 0.5], 2, 4)
  expect(first).toBe(kvHeads)
  expect(others[3]).toBe(kvHeads)
  for (const token of [0, 1, 2, 4]) expectShare(others[token]!, 2 / 4)
})
