// Baselines without a model: `random` keeps every token with the same probability, `streaming` keeps the newest.
import { expect, test } from 'vitest'
import { compact } from './compact.ts'
import { emptyCache } from './model.ts'
import { randomScore } from './random.ts'
import { select } from './select.ts'

const shape = { headSize: 2, rotary: { base: 10_000, rotated: 2 } }
const [tokens, chunk, budget] = [120, 20, 30]

/** (kvHead) → origins kept of a document whose token t has the given score in each KV head. */
function keep(
  kvHeads: number,
  sinks: number,
  scoreOf: (kvHead: number, origin: number) => number,
): number[][] {
  const slots = budget + chunk
  const cache = emptyCache({ ...shape, heads: kvHeads, kvHeads }, slots)
  let occupied = 0
  for (let begin = 0; begin < tokens; begin += chunk) {
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
      for (let origin = begin; origin < begin + chunk; origin++) {
        const slot = kvHead * slots + occupied + origin - begin
        cache.origins[slot] = origin
        cache.scores[slot] = scoreOf(kvHead, origin)
      }
    }
    occupied += chunk
    if (occupied <= budget) continue
    const evictions = cache.heads.map(({ offset }) => {
      return { offset, pinned: 0, occupied, survivors: budget, first: sinks, last: 0 }
    })
    compact(cache, select(cache.scores, evictions), evictions)
    occupied = budget
  }
  return cache.heads.map(({ offset }) => [...cache.origins.subarray(offset, offset + budget)])
}

test('random keeps each token with probability budget ÷ tokens, wherever it stands', () => {
  const kvHeads = 600
  const counts = new Float64Array(tokens)
  for (const origin of keep(kvHeads, 0, (head, token) => randomScore(11, 2, head, token)).flat()) {
    counts[origin] = counts[origin]! + 1
  }
  const share = budget / tokens
  const deviation = Math.sqrt(kvHeads * share * (1 - share))
  counts.forEach((count) => expect(Math.abs(count - kvHeads * share)).toBeLessThan(4.5 * deviation))
  // the variance over tokens is that of chance: neither constant nor evenly spread
  const square = counts.reduce(
    (sum, count) => sum + ((count - kvHeads * share) / deviation) ** 2,
    0,
  )
  expect(square / tokens).toBeGreaterThan(0.6)
  expect(square / tokens).toBeLessThan(1.4)
})

test('under streaming the share of depths at which a needle stays whole is the share kept', () => {
  const [kept] = keep(1, 4, () => 0)
  expect(kept).toEqual([0, 1, 2, 3, ...Array.from({ length: 26 }, (_, i) => 94 + i)])
  const needle = 3
  const depths = Array.from({ length: tokens - needle + 1 }, (_, depth) => depth)
  const whole = depths.filter((depth) =>
    Array.from({ length: needle }, (_, i) => depth + i).every((token) => kept!.includes(token)),
  )
  const share = whole.length / depths.length
  expect(Math.abs(share - budget / tokens)).toBeLessThan((2 * needle) / tokens)
})
