import type { SettingOverrides } from '../api/settings.ts'
import { describe, expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { describeShape, shapes, type Shape, type ShapeName } from '../bench/shapes.ts'
import { guaranteedBytes } from '../gpu/memory.ts'
import { matmulSide } from '../kernels/matmul.ts'
import { bytesOfPlan, evenBlock, makePlan, widestOuts, type Plan } from './plan.ts'
import { scratchBytes } from './scratch_bytes.ts'
import { requireFit, slotKeyBytes } from './buffer_fit.ts'
import { slotWordsBytes } from './cache_bytes.ts'
import { resolveSettings } from './settings.ts'

const { description } = randomModel(smallShape, 1)
const planFor = (budget: number) =>
  makePlan(
    description,
    resolveSettings({ budget, chunk: 64, tail: 32, storage: { cache: 'f16' } }, description),
    0,
  )

test('a budget that does not fit is refused with the largest that does', () => {
  const allowed = 100_000
  let message = ''
  try {
    requireFit(planFor(50_000), allowed)
  } catch (error) {
    message = String(error)
  }
  const largest = Number(/lower the budget to ([\d,]+)/.exec(message)?.[1]?.replaceAll(',', ''))
  expect(message).toMatch(/needs [\d,]+ MB in one buffer but this device allows 1 MB/)
  expect(() => requireFit(planFor(largest), allowed)).not.toThrow()
  expect(() => requireFit(planFor(largest + 1), allowed)).toThrow()
})

test('of many layers, the scores of all may be the largest buffer', () => {
  const model = describeShape({ ...shapes['llama-1b'], layers: 80 })
  const chosen = { chunk: 64, tail: 32, storage: { cache: 'int4' } } as const
  const plan = (budget: number) => makePlan(model, resolveSettings({ ...chosen, budget }, model), 0)
  const scores = slotWordsBytes(plan(1e4).capacities)
  expect(scores).toBeGreaterThan(1e4 * slotKeyBytes(plan(1e4)))
  expect(() => requireFit(plan(1e4), scores)).not.toThrow()
  expect(() => requireFit(plan(1e4 + 64), scores)).toThrow(/lower the budget to 10,000$/)
})

test('a block is never longer than a chunk', () => {
  expect(planFor(128).block).toBeLessThanOrEqual(64)
  expect(planFor(128).longestBlock).toBeLessThanOrEqual(64)
})

test.each([
  [3088, 2048, 1544],
  [2048, 2048, 2048],
  [5, 2048, 5],
  [1026, 512, 342],
])('%d tokens in blocks of at most %d begin with %d', (tokens, longest, first) => {
  expect(evenBlock(tokens, longest)).toBe(first)
})

describe('room for gate and up before they are multiplied', () => {
  const llama = shapes['llama-1b']
  const roomOf = (plan: Plan) => scratchBytes(plan).gateUp
  const planOf = (shape: Shape) => {
    const model = describeShape(shape)
    return makePlan(model, resolveSettings({ storage: { weights: 'f16' } }, model), 0)
  }

  test('is taken by no model whose matrices fit into a buffer of any device', () => {
    expect(roomOf(planOf(llama))).toBe(16)
  })

  test('is taken where a matrix may be split', () => {
    const plan = planOf({ ...llama, feedForward: 2 ** 15 })
    expect(roomOf(plan)).toBe(plan.longestBlock * 2 * 2 ** 15 * 4)
  })

  test('is taken where gate and up are stored in different ways', () => {
    const model = describeShape({ ...llama, layers: 2 })
    const [gate = ''] = model.tensors.layers[1]?.gateUp ?? []
    const settings = resolveSettings({ storage: { weights: 'file' } }, model)
    const plan = (codes: Record<string, 'q4_k'>) => makePlan({ ...model, codes }, settings, 0)
    expect(roomOf(plan({}))).toBe(16)
    expect(roomOf(plan({ [gate]: 'q4_k' }))).toBeGreaterThan(16)
  })

  test('is taken where the attention of some heads may be split', () => {
    const plan = planOf(llama)
    const budgets = plan.budgets.map((heads, layer) => heads.map((budget) => budget + layer))
    expect(roomOf({ ...plan, budgets })).toBeGreaterThan(16)
  })
})

describe('the longest block', () => {
  const planOf = (name: ShapeName, overrides: SettingOverrides = {}) => {
    const model = describeShape(shapes[name])
    const settings = resolveSettings({ policy: 'locret', ...overrides }, model, { heads: {} })
    return makePlan(model, settings, shapes[name].retainingWidth)
  }

  test('leaves the rows of wide delta nets within a buffer of any device', () => {
    const { deltaNets, ...others } = shapes['qwen-0.8b']
    const heads = { ...deltaNets.heads, valueHeads: 64 }
    const shape = { ...others, layers: 64, deltaNets: { ...deltaNets, heads } }
    const model = describeShape(shape)
    const plan = makePlan(model, resolveSettings({ chunk: 4096 }, model), 0)
    const { mixed } = scratchBytes(plan)
    expect(mixed).toBeGreaterThan(guaranteedBytes / 2)
    expect(mixed).toBeLessThanOrEqual(guaranteedBytes)
  })

  test('is a whole chunk where that takes little beside the weights', () => {
    const plan = planOf('qwen-0.5b', { storage: { weights: 'f16' } })
    expect([plan.longestBlock, plan.settings.chunk]).toEqual([3088, 3088])
  })

  test.each([
    ['smollm-135m', 'f16'],
    ['smollm-135m', 'q4'],
    ['qwen-0.5b', 'f16'],
    ['qwen-0.5b', 'q4'],
    ['llama-1b', 'f16'],
    ['llama-1b', 'q4'],
  ] as const)(
    'of %s in %s grows by scratch of at most a quarter of the weights',
    (name, weights) => {
      const plan = planOf(name, { storage: { weights } })
      const { weights: bytes, scratch } = bytesOfPlan(plan)
      expect(plan.longestBlock).toBeGreaterThan(plan.block)
      expect(scratch).toBeLessThan(0.26 * bytes)
      expect(scratchBytes(plan).gated).toBeLessThanOrEqual(2 ** 27)
    },
  )

  test('is the block to begin with where that takes more than a quarter already', () => {
    const small = planOf('stories')
    const { weights: bytes, scratch } = bytesOfPlan(small)
    expect(scratch).toBeGreaterThan(0.26 * bytes)
    expect(small.longestBlock).toBe(small.block)
  })

  test('calls for the large tile of matmul in large models only', () => {
    const sideOf = (name: ShapeName) => {
      const plan = planOf(name)
      return matmulSide(widestOuts(plan), plan.longestBlock)
    }
    expect(sideOf('qwen-0.5b')).toBe(128)
    expect([sideOf('stories'), sideOf('wide-layer')]).toEqual([64, 64])
  })
})
