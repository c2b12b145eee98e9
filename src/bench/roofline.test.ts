import type { SettingOverrides, WeightStorage } from '../api/settings.ts'
import { describe, expect, test } from 'vitest'
import { cacheBytes, inEveryHead } from '../plan/cache_bytes.ts'
import { mergingCost } from '../plan/merging_cost.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { resolveSettings } from '../plan/settings.ts'
import { matrixBytes } from '../model/matrix.ts'
import { weightBytes } from '../model/weights.ts'
import {
  chunkWork,
  evictionSteps,
  meanWork,
  tokenBytes,
  tokenWork,
  totalWork,
  type Works,
} from './roofline.ts'
import { describeShape, parametersOf, shapes, type Shape } from './shapes.ts'

function planOf(shape: Shape, overrides: SettingOverrides = {}): Plan {
  const model = describeShape(shape)
  const settings = resolveSettings({ policy: 'locret', ...overrides }, model, { heads: {} })
  return makePlan(model, settings, shape.retainingWidth)
}

const projections = (works: Works) =>
  [...works].reduce((sum, [step, { flop }]) => sum + (step.startsWith('project') ? flop : 0), 0)

const llama = shapes['llama-1b']

describe('a token', () => {
  test('multiplies every parameter but the norms once, and norms and gates on the way', () => {
    const { layers, hidden, feedForward } = llama
    const works = tokenWork(planOf(llama), 6000)
    const norms = (2 * layers + 1) * hidden
    const onTheWay = 4 * (norms - hidden) + 5 * layers * feedForward
    expect(projections(works)).toBe(2 * (parametersOf(llama) - norms) + onTheWay)
  })

  test('gates in a step of its own where gate and up lie in two buffers, for the same work', () => {
    const plan = planOf(llama)
    const [whole, split] = [tokenWork(plan, 6000), tokenWork(plan, 6000, 2)]
    expect([whole.has('gate'), split.has('gate')]).toEqual([false, true])
    expect(totalWork(split).flop).toBe(totalWork(whole).flop)
  })

  test('attends to every visible slot of every head', () => {
    const works = tokenWork(planOf(llama), 6000)
    expect(works.get('attend_token')?.flop).toBe(4 * 16 * 32 * 64 * 6000)
    expect(works.has('attend_chunk')).toBe(false)
  })

  test('reads every weight but retaining heads and the table of embeddings, every visible slot and little else', () => {
    const plan = planOf({ ...llama, layers: 2 }, { storage: { weights: 'f16', cache: 'f16' } })
    const weights = weightBytes(plan.model, 'f16', 0)
    const cache = cacheBytes(
      plan.model,
      [0, 1].map(() => inEveryHead(plan.model, 6000)),
      'f16',
    )
    const { bytes } = totalWork(tokenWork(plan, 6000))
    expect(bytes).toBeGreaterThan(weights + cache * 0.98)
    expect(bytes).toBeLessThan((weights + cache) * 1.01)
  })

  test('counts a cache in f32 double', () => {
    const keys = (cache: 'f16' | 'f32') =>
      tokenWork(planOf(llama, { storage: { cache } }), 6001).get('attend_token')?.bytes ?? 0
    expect(keys('f32') - keys('f16')).toBe(16 * 2 * 8 * (6001 + 1) * 64 * 2) // all are read, the newest is written too
  })
})

test('codes shrink a row of 64 halves from 128 bytes to 72 and 36, and nothing else', () => {
  const { f16, int8, int4 } = tokenBytes(planOf(llama), 6000)
  const rows = 16 * 2 * 8 * 6000
  expect([f16.cache, int8.cache, int4.cache]).toEqual([128 * rows, 72 * rows, 36 * rows])
  const written = 16 * 2 * 8 // the token's own rows
  expect(f16.all - int4.all).toBe((128 - 36) * (rows + written))
})

describe('a chunk', () => {
  const settings = { budget: 600, chunk: 300, policy: { stabilizers: 0 }, tail: 50 }

  const inOne = [300]

  test('does the same arithmetic in blocks of any size', () => {
    const plan = planOf(shapes['smollm-135m'], settings)
    const { flop } = totalWork(chunkWork(plan, 600, inOne))
    for (const blocks of [[299, 1], [64, 64, 172], Array<number>(150).fill(2)]) {
      const works = chunkWork(plan, 600, blocks)
      const merge = works.get('attend_merge')?.flop ?? 0
      expect(totalWork(works).flop - merge).toBeCloseTo(flop, -1)
    }
  })

  test('reads the weights once for every block', () => {
    const plan = planOf(shapes['smollm-135m'], { ...settings, storage: { weights: 'f16' } })
    const bytes = (...blocks: number[]) =>
      chunkWork(plan, 600, blocks).get('project down')?.bytes ?? 0
    expect(bytes(100, 100, 100) - bytes(300)).toBe(2 * 30 * matrixBytes(576, 1536, 'f16'))
  })

  test('counts as the mean of several', () => {
    const plan = planOf(shapes['smollm-135m'], settings)
    const [one, three] = [chunkWork(plan, 600, inOne), chunkWork(plan, 600, [100, 100, 100])]
    const { flop, bytes } = totalWork(meanWork([one, three]))
    expect(flop).toBeCloseTo(totalWork(one).flop, -1)
    expect(bytes).toBeCloseTo((totalWork(one).bytes + totalWork(three).bytes) / 2, -1)
  })

  test('sees one slot more with every token', () => {
    const plan = planOf(shapes['smollm-135m'], settings)
    const seen = Array.from({ length: 300 }, (_, i) => 600 + i + 1).reduce((a, b) => a + b)
    expect(chunkWork(plan, 600, inOne).get('attend_chunk')?.flop).toBe(4 * 30 * 9 * 64 * seen)
  })

  test('multiplies and attends as often as the count says that merging is held against', () => {
    const plan = planOf(shapes['smollm-135m'], settings)
    const works = chunkWork({ ...plan, retainingWidth: 0 }, 600, inOne)
    const attended = works.get('attend_chunk')?.flop ?? 0
    const { modelPerToken } = mergingCost(plan.model, { merged: 1, taps: 1 }, plan.settings)
    const gates = 5 * 300 * plan.model.layers * plan.model.feedForward
    expect(projections(works) + attended).toBe(2 * 300 * modelPerToken + gates)
  })

  test('evicts only what does not fit', () => {
    const plan = planOf(shapes['smollm-135m'], settings)
    expect(chunkWork(plan, 600, inOne).get('select')?.bytes).toBe(30 * 3 * 4 * 900)
    expect(chunkWork(plan, 300, inOne).has('select')).toBe(false)
    expect(chunkWork(plan, 301, inOne).has('compact')).toBe(true)
  })

  test('takes every token through the retaining heads', () => {
    const plan = planOf(llama, settings)
    const { retainingWidth: d, layers, heads, kvHeads, headSize } = llama
    const fc1 = layers * d * (heads + 2 * kvHeads) * headSize
    expect(chunkWork(plan, 0, inOne).get('project fc1')?.flop).toBe(2 * 300 * fc1)
    expect(tokenWork(plan, 600).has('project fc1')).toBe(false)
  })

  test('has no steps of retaining heads without them', () => {
    const works = chunkWork({ ...planOf(shapes.stories), retainingWidth: 0 }, 0, [10])
    expect(evictionSteps.filter((step) => works.has(step))).toEqual([])
  })
})

test('a token of Qwen2.5-0.5B reads 5 bits of every weight in q4 where it reads 16 in f16, and the same cache', () => {
  const shape = shapes['qwen-0.5b']
  const workIn = (weights: WeightStorage) => {
    const works = tokenWork(planOf(shape, { storage: { weights, cache: 'f16' } }), 6000)
    const matrices = [...works].filter(([step]) => step.startsWith('project'))
    return { all: totalWork(works), matrices: totalWork(new Map(matrices)) }
  }
  const [halves, four] = [workIn('f16'), workIn('q4')]
  expect(four.all.flop).toBe(halves.all.flop)
  expect(four.matrices.bytes / halves.matrices.bytes).toBeCloseTo(5 / 16, 2)
  expect(halves.all.bytes / four.all.bytes).toBeGreaterThan(2.5)
})
