import { describe, expect, test } from 'vitest'
import type { ReadingSettings } from './policies.ts'
import { read, retained } from './prefill.ts'
import { randomScore } from './random.ts'
import { randomModel, randomPrompt, smallShape } from './random_model.ts'

const { reference: model } = randomModel(smallShape, 4)
const prompt = randomPrompt(90, 2)
const settings: ReadingSettings = {
  budget: 24,
  burst: 0,
  chunk: 10,
  tail: 32,
  positions: 'slot',
  allocation: 'even',
  policy: { name: 'locret', stabilizers: 6, sinks: 0 },
}

interface Changes extends Partial<Omit<ReadingSettings, 'policy'>> {
  readonly policy?: Partial<ReadingSettings['policy']>
}

function changed({ policy, ...room }: Changes): ReadingSettings {
  return { ...settings, ...room, policy: { ...settings.policy, ...policy } }
}

function heads(changes: Changes, ids = prompt): number[][] {
  return retained(read(model, ids, changed(changes))).flat()
}

describe('locret', () => {
  const document = read(model, prompt, settings)

  test('every head holds `budget` tokens in document order', () => {
    const kept = retained(document).flat()
    expect(kept).toHaveLength(smallShape.layers * smallShape.kvHeads)
    for (const origins of kept) {
      expect(origins).toHaveLength(settings.budget)
      expect(origins).toEqual([...new Set(origins)].toSorted((a, b) => a - b))
    }
  })

  test('heads choose differently', () => {
    expect(new Set(retained(document).flat().map(String)).size).toBeGreaterThan(1)
  })

  test('a margin tells how close the closest choice was', () => {
    expect(document.margin).toBeGreaterThan(0)
    expect(document.margin).toBeLessThan(0.5)
  })

  test('in layer 0 the score depends on the token alone, and of equal tokens the later stay', () => {
    const repeated = new Uint32Array(50).fill(101)
    const firstLayer = retained(read(model, repeated, changed({ policy: { stabilizers: 0 } })))[0]!
    const newest = Array.from({ length: settings.budget }, (_, i) => 50 - settings.budget + i)
    for (const origins of firstLayer) expect(origins).toEqual(newest)
  })

  test('a budget as long as the prompt evicts nothing', () => {
    const everything = Array.from(prompt.keys())
    for (const origins of heads({ budget: prompt.length })) expect(origins).toEqual(everything)
  })
})

/** Locret's loop on a list of tokens: append a chunk, protect the newest, keep the best of the rest. */
function simulate(scores: readonly number[], { budget, chunk, policy }: ReadingSettings) {
  const { stabilizers } = policy
  let kept: number[] = []
  const spared = new Set<number>()
  for (let begin = 0; begin < scores.length; begin += chunk) {
    const end = Math.min(begin + chunk, scores.length)
    kept.push(...scores.slice(begin, end).map((_, i) => begin + i))
    const isLast = end === scores.length
    if (kept.length <= budget) continue
    const newest = isLast ? [] : kept.slice(-stabilizers)
    const others = isLast ? kept : kept.slice(0, -stabilizers)
    const best = others.toSorted((a, b) => scores[b]! - scores[a]!).slice(0, budget - newest.length)
    for (const token of newest) if (!isLast) spared.add(token)
    kept = [...best, ...newest].toSorted((a, b) => a - b)
  }
  return { kept, spared }
}

describe('stabilizers', () => {
  const random: ReadingSettings = changed({ policy: { name: 'random', seed: 5 }, budget: 12 })
  const scores = Array.from(prompt, (_, origin) => randomScore(5, 0, 0, origin))

  test.each([10, 7, 90, 89])('chunks of %i evict as the loop on a list does', (chunk) => {
    const { kept } = simulate(scores, { ...random, chunk })
    expect(heads({ ...random, chunk })[0]).toEqual(kept)
  })

  test('of one chunk can go with the next', () => {
    const { kept, spared } = simulate(scores, random)
    const gone = [...spared].filter((token) => !kept.includes(token))
    expect(gone.length).toBeGreaterThan(20)
    expect(heads(random)[0]!.filter((token) => gone.includes(token))).toEqual([])
  })
})

describe('the other policies', () => {
  test('streaming keeps four sinks and the newest', () => {
    const newest = Array.from({ length: 20 }, (_, i) => 70 + i)
    for (const origins of heads({ policy: { name: 'streaming', sinks: 4 } })) {
      expect(origins).toEqual([0, 1, 2, 3, ...newest])
    }
  })

  test('streaming with a budget of one keeps the newest', () => {
    for (const origins of heads({ policy: { name: 'streaming', stabilizers: 0 }, budget: 1 }))
      expect(origins).toEqual([89])
  })

  test('full keeps everything', () => {
    for (const origins of heads({ policy: { name: 'full' } })) expect(origins).toHaveLength(90)
  })

  test('random depends on the seed, and not on the chunks when nothing is spared', () => {
    const lots = (seed: number) => ({ policy: { name: 'random', stabilizers: 0, seed } }) as const
    expect(heads({ ...lots(5), chunk: 7 })).toEqual(heads(lots(5)))
    expect(heads(lots(6))).not.toEqual(heads(lots(5)))
  })
})
