import { describe, expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { budgetsOf } from './allocation.ts'
import { mergedSlots } from './merging_shape.ts'
import { defaultSettings, settle } from './settings.ts'

const { description } = randomModel(smallShape, 1)
const trainedFor = (maxPositions: number) => ({ ...description, maxPositions })

test.each([16, 512, 2048, 131_072])('defaults for %d positions stay within them', (positions) => {
  const { budget, chunk, tail, stabilizers, local } = defaultSettings(trainedFor(positions), true)
  expect(budget + chunk + tail).toBeLessThanOrEqual(positions)
  expect(stabilizers).toBeLessThan(budget)
  expect(local).toBeLessThan(chunk + tail)
})

test('a long context gets the official proportions', () => {
  const { budget, chunk, stabilizers } = defaultSettings(trainedFor(131_072), true)
  expect(budget / chunk).toBeCloseTo(6000 / 3072, 1)
  expect(stabilizers / budget).toBeCloseTo(2500 / 6000, 2)
})

test('a chosen budget brings its stabilizers along, zero stays zero', () => {
  expect(settle({ budget: 600 }, description, true).stabilizers).toBe(250)
  expect(settle({ budget: 600, stabilizers: 0 }, description, true).stabilizers).toBe(0)
})

test('a policy brings the sinks of its source along, as far as the budget has room for them', () => {
  expect(settle({ policy: 'streaming' }, description, false).sinks).toBe(4)
  expect(settle({ policy: 'locret' }, description, true).sinks).toBe(0)
  expect(settle({ policy: 'streaming', budget: 6 }, description, false).sinks).toBe(3)
  expect(settle({ policy: 'window', sinks: 9 }, description, false).sinks).toBe(9)
})

test('a long tail of the prompt gets the room it needs', () => {
  const { chunk, tail } = settle({ chunk: 8, local: 400 }, description, true)
  expect(chunk + tail).toBeGreaterThan(400)
})

test('a short chunk and tail shorten what is held back, unless that was chosen', () => {
  const { chunk, tail, local } = settle({ chunk: 16, tail: 16 }, trainedFor(2048), true)
  expect(local).toBeLessThan(chunk + tail)
})

test('locret is the default only with heads', () => {
  expect(settle({}, description, true).policy).toBe('locret')
  expect(settle({}, description, false).policy).toBe('streaming')
})

test.each([
  [{ budget: 100, stabilizers: 100 }, /stabilizers 100 must be fewer than the budget 100/],
  [{ budget: 100, stabilizers: 90, sinks: 10 }, /sinks 10 and stabilizers 90 together must be/],
  [{ budget: 0 }, /budget must be a whole number of at least 1, not 0/],
  [{ chunk: 2.5 }, /chunk must be a whole number of at least 1, not 2.5/],
  [{ pool: 1.5 }, /pool must be a whole number of at least 0, not 1.5/],
  [{ pool: 300 }, /pool must be at most 256, not 300/],
  [
    { pool: 2, policy: 'streaming' as const },
    /pool 2 is of the scores of retaining heads, which policy st/,
  ],
  [{ local: 500, chunk: 8, tail: 8 }, /local 500 must be less than chunk \+ tail, 8 \+ 8/],
  [{ cache: 'int4' as const }, /a cache in int4 needs heads whose size is a multiple of 8, not 12/],
])('%o is refused', (overrides, message) => {
  expect(() => settle(overrides, description, true)).toThrow(message)
})

test('a compressor serves every budget beyond its slots: the kept share follows', () => {
  for (const slots of [1, 7, 64, 100, 2048]) {
    for (let budget = slots + 1; budget < 3 * slots + 300; budget++) {
      const settings = settle({ policy: 'lococo', budget }, trainedFor(65_536), true, slots)
      expect(mergedSlots(settings)).toBe(slots)
      expect(settings.keptShare).toBeCloseTo((budget - slots) / budget, 12)
    }
  }
})

test('a kept share that was chosen stays, and so does that of a policy that merges nothing', () => {
  const chosen = { policy: 'locret+lococo', budget: 128, keptShare: 0.875 } as const
  expect(settle(chosen, description, true, 64).keptShare).toBe(0.875)
  expect(settle({ budget: 128 }, description, true, 64).keptShare).toBe(1)
  expect(settle({ policy: 'lococo' }, description, true).keptShare).toBe(0.5)
})

test.each([
  [
    { budget: 64 },
    /compressor merges into 64 slots and the budget is 64; raise the budget above 64 or/,
  ],
  [{ budget: 60 }, /compressor merges into 64 slots and the budget is 60/],
  [
    { budget: 128, allocation: 'pyramid' as const },
    /64 merged slots, 0 stabilizers and 0 sinks leave no place in the smallest KV head's budget of 6/,
  ],
])('%o is refused where the compressor merges into 64', (overrides, message) => {
  expect(() => settle({ policy: 'lococo', ...overrides }, description, true, 64)).toThrow(message)
})

describe('what the heads’ file asks for', () => {
  const shares = Array.from({ length: description.layers }, (_, layer) =>
    Array.from({ length: description.kvHeads }, (_, head) => 1 + layer + 9 * head),
  )
  const file = { pool: 2, stabilizers: 0.0625, shares }

  test('is the default', () => {
    const settings = settle({ budget: 64 }, description, true, undefined, file)
    expect(settings).toMatchObject({ pool: 2, stabilizers: 4, allocation: 'by-head' })
  })

  test.each([8192, 32_768, 131_072])(
    'leaves room by default for a head with thrice the mean within %d positions',
    (positions) => {
      const model = trainedFor(positions)
      const settings = settle({}, model, true, undefined, file)
      const most = Math.max(...budgetsOf(settings, model, shares).flat())
      expect(most).toBeGreaterThan(1.5 * settings.budget)
      expect(most + settings.chunk + settings.tail).toBeLessThanOrEqual(positions)
      const room = positions - settings.chunk - settings.tail
      expect(room).toBeGreaterThanOrEqual(3 * settings.budget)
    },
  )

  test('gives way to overrides', () => {
    const overrides = { budget: 64, pool: 0, stabilizers: 9, allocation: 'even' } as const
    expect(settle(overrides, description, true, undefined, file)).toMatchObject(overrides)
  })

  test('is nothing where the file says nothing', () => {
    const none = { pool: 0, shares: undefined, stabilizers: undefined }
    expect(settle({ budget: 600 }, description, true, undefined, none)).toEqual(
      settle({ budget: 600 }, description, true),
    )
  })

  test('is for policies that go by the heads; the shares, if they are asked for, for all', () => {
    const settings = settle({ policy: 'random' }, description, true, undefined, file)
    expect(settings).toMatchObject({ pool: 0, allocation: 'even' })
    const overrides = { policy: 'random', allocation: 'ada-kv' } as const
    expect(settle(overrides, description, true, undefined, file).allocation).toBe('ada-kv')
    expect(() => settle(overrides, description, true)).toThrow(/allocation ada-kv .* heads file/)
  })

  test('does not go with a policy that keeps the same tokens in all heads of a layer', () => {
    const overrides = { policy: 'tova', budget: 64, allocation: 'by-head' } as const
    expect(() => settle(overrides, description, true, undefined, file)).toThrow(
      /policy tova keeps the same tokens .* from \d+ to \d+ units; choose allocation even/,
    )
    const alike = { shares: shares.map((heads, layer) => heads.map(() => 1 + layer)) }
    expect(settle(overrides, description, true, undefined, alike).policy).toBe('tova')
  })
})

test('locret without heads is refused', () => {
  expect(() => settle({ policy: 'locret' }, description, false)).toThrow(/needs retaining heads/)
})

test('codes are for those who ask for them, and not for merging', () => {
  const { description: even } = randomModel({ ...smallShape, headSize: 16 }, 1)
  expect(settle({ cache: 'int8' }, even, true).cache).toBe('int8')
  expect(settle({}, even, true).cache).toBe('f32')
  expect(() => settle({ cache: 'int8', policy: 'lococo' }, even, true)).toThrow(
    /policy lococo merges keys and values, which a cache in int8 does not take; choose f16 or/,
  )
})
