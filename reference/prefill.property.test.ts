// What holds of every reading, whatever the policy, the settings and the document.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PolicyName } from '../src/api/policies.ts'
import { drawn } from '../src/testing/drawn.ts'
import { emptyCache } from './model.ts'
import type { ReadingSettings } from './policies.ts'
import { keyPositions } from './positions.ts'
import { read, retained } from './prefill.ts'
import { randomModel, randomPrompt, smallShape } from './random_model.ts'
import { compact, survivors } from './compact.ts'
import { select, type Eviction } from './select.ts'

const { reference: model } = randomModel(smallShape, 4)
const names: PolicyName[] = [
  ...(['locret', 'streaming', 'random', 'h2o', 'tova', 'snapkv'] as const),
  ...(['keydiff', 'knorm', 'sirllm', 'full'] as const),
]

const settings = fc
  .record({
    budget: fc.integer({ min: 4, max: 20 }),
    burst: fc.nat(4),
    chunk: fc.integer({ min: 1, max: 12 }),
    positions: fc.constantFrom('slot' as const, 'original' as const),
    name: fc.constantFrom(...names),
    stabilizers: fc.nat(2),
    sinks: fc.nat(1),
  })
  .map(({ name, stabilizers, sinks, ...room }): ReadingSettings => ({
    ...{ ...room, tail: 8, allocation: 'even' },
    policy: { name, stabilizers, sinks, pool: 0, seed: 3 },
  }))

test('every KV head holds its budget, ascending, the sinks among it', () => {
  const length = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(settings, length, fc.nat(1000), (given, tokens, seed) => {
      const { budget, burst, policy } = given
      const most = policy.name === 'full' ? tokens : budget + burst
      for (const origins of retained(read(model, randomPrompt(tokens, seed), given)).flat()) {
        expect(origins).toEqual([...new Set(origins)].toSorted((a, b) => a - b))
        expect(origins.length).toBeLessThanOrEqual(Math.min(tokens, most))
        expect(origins.length).toBeGreaterThanOrEqual(Math.min(tokens, budget))
        for (let sink = 0; sink < Math.min(policy.sinks, tokens); sink++)
          expect(origins).toContain(sink)
      }
    }),
    drawn(25),
  )
})

/** An eviction and the scores that it goes by. */
const evictions = fc
  .record({
    scores: fc.array(fc.float(), { minLength: 2, maxLength: 40 }),
    parts: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99)),
  })
  .map(({ scores, parts: [a, b, c, d] }) => {
    const occupied = scores.length
    const pinned = a % (occupied - 1)
    const survivors = b % (occupied - pinned)
    const first = c % (survivors + 1)
    const last = d % (survivors - first + 1)
    return {
      scores,
      eviction: { offset: 0, pinned, occupied, survivors, first, last } satisfies Eviction,
    }
  })

test('an eviction keeps as many as it may, ascending, and spares pinned slots, sinks and stabilizers', () => {
  fc.assert(
    fc.property(evictions, ({ scores, eviction }) => {
      const cache = emptyCache({ heads: 1, kvHeads: 1, headSize: 2 }, scores.length)
      cache.scores.set(scores)
      scores.forEach((_, slot) => (cache.origins[slot] = slot))
      const thresholds = select(cache.scores, [eviction])
      const { pinned, occupied, survivors: count, first, last } = eviction
      const stay = [...survivors(cache, thresholds, eviction)]
      expect(stay).toHaveLength(count)
      expect(stay).toEqual([...new Set(stay)].toSorted((a, b) => a - b))
      expect(stay.slice(0, first)).toEqual(Array.from({ length: first }, (_, i) => pinned + i))
      expect(stay.slice(count - last)).toEqual(
        Array.from({ length: last }, (_, i) => occupied - last + i),
      )
      compact(cache, thresholds, [eviction])
      const slots = [...cache.origins.subarray(0, pinned + count)]
      expect(slots).toEqual([...Array.from({ length: pinned }, (_, slot) => slot), ...stay])
    }),
    drawn(300),
  )
})

test('positions are slots in every KV head, or origins', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      (slots) => {
        const kvHeads = slots.length
        const cache = emptyCache({ heads: kvHeads, kvHeads, headSize: 2 }, slots)
        cache.origins.forEach((_, slot) => (cache.origins[slot] = 100 + slot))
        expect([...keyPositions('slot', cache)]).toEqual(
          slots.flatMap((own) => [...Array(own).keys()]),
        )
        expect([...keyPositions('original', cache)]).toEqual([...cache.origins])
      },
    ),
    drawn(50),
  )
})
