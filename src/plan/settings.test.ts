import { describe, expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { budgetsOf } from './allocation.ts'
import { mergedSlots } from './merging_shape.ts'
import type { PolicyName } from '../api/policies.ts'
import type { SettingOverrides } from '../api/settings.ts'
import { resolveSettings, type Beside } from './settings.ts'

const { description } = randomModel(smallShape, 1)
const trainedFor = (maxPositions: number) => ({ ...description, maxPositions })

const heads = {}
const resolved = (overrides: SettingOverrides, beside: Beside = { heads }) =>
  resolveSettings(overrides, description, beside)

test.each([16, 512, 2048, 131_072])('defaults for %d positions stay within them', (positions) => {
  const settings = resolveSettings({}, trainedFor(positions), { heads })
  const { budget, chunk, tail, local, policy } = settings
  expect(budget + chunk + tail).toBeLessThanOrEqual(positions)
  expect(policy.stabilizers).toBeLessThan(budget)
  expect(local).toBeLessThan(chunk + tail)
})

test('a long context gets the official proportions', () => {
  const { budget, chunk, policy } = resolveSettings({}, trainedFor(131_072), { heads })
  expect(budget / chunk).toBeCloseTo(6000 / 3072, 1)
  expect(policy.stabilizers / budget).toBeCloseTo(2500 / 6000, 2)
})

test.each<[PolicyName, readonly string[]]>([
  ['locret', ['pool']],
  ['streaming', []],
  ['lococo', ['keptShare']],
  ['locret+lococo', ['keptShare', 'pool']],
  ['random', ['seed']],
  ['nacl', ['drawnShare', 'seed']],
  ['full', []],
])('%s has the settings that it reads, and no others: %o', (name, own) => {
  const { policy } = resolved({ policy: name })
  expect(Object.keys(policy).sort()).toEqual(['name', 'sinks', 'stabilizers', ...own].sort())
})

test('what is no setting does not come along, and undefined is not chosen', () => {
  const plain = resolved({})
  const options = { debug: 1, tail: undefined, policy: { pool: undefined, colour: 'red' } }
  expect(resolved(options)).toStrictEqual(plain)
})

test('a name alone is short for a policy of that name', () => {
  expect(resolved({ policy: 'window' }, {})).toEqual(resolved({ policy: { name: 'window' } }, {}))
})

test('a chosen budget brings its stabilizers along, zero stays zero', () => {
  expect(resolved({ budget: 600 }).policy.stabilizers).toBe(250)
  expect(resolved({ budget: 600, policy: { stabilizers: 0 } }).policy.stabilizers).toBe(0)
})

test('a policy brings the sinks of its source along, as far as the budget has room for them', () => {
  expect(resolved({ policy: 'streaming' }, {}).policy.sinks).toBe(4)
  expect(resolved({ policy: 'locret' }).policy.sinks).toBe(0)
  expect(resolved({ policy: 'streaming', budget: 6 }, {}).policy.sinks).toBe(3)
  expect(resolved({ policy: { name: 'window', sinks: 9 } }, {}).policy.sinks).toBe(9)
})

test('a long tail of the prompt gets the room it needs', () => {
  const { chunk, tail } = resolved({ chunk: 8, local: 400 })
  expect(chunk + tail).toBeGreaterThan(400)
})

test('a short chunk and tail shorten what is held back, unless that was chosen', () => {
  const { chunk, tail, local } = resolveSettings({ chunk: 16, tail: 16 }, trainedFor(2048), {
    heads,
  })
  expect(local).toBeLessThan(chunk + tail)
})

test('locret is the default only with heads', () => {
  expect(resolved({}).policy.name).toBe('locret')
  expect(resolved({}, {}).policy.name).toBe('streaming')
})

test.each([
  [
    { budget: 100, policy: { stabilizers: 100 } },
    /stabilizers 100 must be fewer than the budget 100/,
  ],
  [
    { budget: 100, policy: { stabilizers: 90, sinks: 10 } },
    /sinks 10 and stabilizers 90 together must be/,
  ],
  [{ budget: 0 }, /budget must be a whole number of at least 1, not 0/],
  [{ chunk: 2.5 }, /chunk must be a whole number of at least 1, not 2.5/],
  [{ policy: { pool: 1.5 } }, /pool must be a whole number of at least 0, not 1.5/],
  [{ policy: { pool: 300 } }, /pool must be at most 256, not 300/],
  [
    { policy: { name: 'streaming' as const, pool: 2 } },
    /pool 2 applies only to locret and locret\+lococo, and the policy is streaming; .* choose policy locret/,
  ],
  [
    { policy: { keptShare: 0.5 } },
    /keptShare 0.5 applies only to lococo and locret\+lococo, and the policy is locret; .* lococo/,
  ],
  [
    { policy: { seed: 3 } },
    /seed 3 applies only to nacl and random, and the policy is locret; .* choose policy nacl/,
  ],
  [
    { policy: { name: 'nacl' as const, drawnShare: 1.5 } },
    /drawn share must be at least 0 and at most 1, not 1.5/,
  ],
  [{ local: 500, chunk: 8, tail: 8 }, /local 500 must be less than chunk \+ tail, 8 \+ 8/],
  [
    { storage: { cache: 'int4' as const } },
    /a cache in int4 needs heads whose size is a multiple of 8, not 12/,
  ],
])('%o is refused', (overrides, message) => {
  expect(() => resolved(overrides)).toThrow(message)
})

test('merging is refused where some layers have no units', () => {
  const hybrid = randomModel({ ...smallShape, attentionIn: [1] }, 1).description
  const settings = () => resolveSettings({ policy: 'lococo', budget: 80 }, hybrid)
  expect(settings).toThrow(
    /^policy lococo merges units of all layers, and of this model's 3 layers only 1 have units; choose/,
  )
  expect(() => resolveSettings({ policy: 'tova', budget: 80 }, hybrid)).not.toThrow()
})

test('a compressor serves every budget beyond its slots: the kept share follows', () => {
  for (const slots of [1, 7, 64, 100, 2048]) {
    for (let budget = slots + 1; budget < 3 * slots + 300; budget++) {
      const settings = resolveSettings({ policy: 'lococo', budget }, trainedFor(65_536), {
        heads,
        compressor: { merged: slots },
      })
      expect(mergedSlots(settings)).toBe(slots)
      expect(settings.policy.keptShare).toBeCloseTo((budget - slots) / budget, 12)
    }
  }
})

test('a kept share that was chosen stays, and without a compressor it is the policy’s own', () => {
  const chosen = { policy: { name: 'locret+lococo', keptShare: 0.875 }, budget: 128 } as const
  expect(resolved(chosen, { heads, compressor: { merged: 64 } }).policy.keptShare).toBe(0.875)
  expect(resolved({ policy: 'lococo' }).policy.keptShare).toBe(0.5)
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
  expect(() =>
    resolved({ policy: 'lococo', ...overrides }, { heads, compressor: { merged: 64 } }),
  ).toThrow(message)
})

describe('what the heads’ file asks for', () => {
  const shares = Array.from({ length: description.layers }, (_, layer) =>
    Array.from({ length: description.kvHeads }, (_, head) => 1 + layer + 9 * head),
  )
  const file = { pool: 2, stabilizers: 0.0625, shares }

  test('is the default', () => {
    const settings = resolved({ budget: 64 }, { heads: file })
    expect(settings).toMatchObject({ policy: { pool: 2, stabilizers: 4 }, allocation: 'by-head' })
  })

  test.each([8192, 32_768, 131_072])(
    'leaves room by default for a head with thrice the mean within %d positions',
    (positions) => {
      const model = trainedFor(positions)
      const settings = resolveSettings({}, model, { heads: file })
      const most = Math.max(...budgetsOf(settings, model, shares).flat())
      expect(most).toBeGreaterThan(1.5 * settings.budget)
      expect(most + settings.chunk + settings.tail).toBeLessThanOrEqual(positions)
      const room = positions - settings.chunk - settings.tail
      expect(room).toBeGreaterThanOrEqual(3 * settings.budget)
    },
  )

  test('gives way to overrides', () => {
    const overrides = {
      budget: 64,
      policy: { pool: 0, stabilizers: 9 },
      allocation: 'even',
    } as const
    expect(resolved(overrides, { heads: file })).toMatchObject(overrides)
  })

  test('is nothing where the file says nothing', () => {
    const none = { pool: 0, shares: undefined, stabilizers: undefined }
    expect(resolved({ budget: 600 }, { heads: none })).toEqual(resolved({ budget: 600 }))
  })

  test('is for policies that go by the heads; the shares, if they are asked for, for all', () => {
    const settings = resolved({ policy: 'random' }, { heads: file })
    expect(settings).toMatchObject({ policy: { name: 'random' }, allocation: 'even' })
    const overrides = { policy: 'random', allocation: 'ada-kv' } as const
    expect(resolved(overrides, { heads: file }).allocation).toBe('ada-kv')
    expect(() => resolved(overrides)).toThrow(/allocation ada-kv .* heads file/)
  })

  test('does not go with a policy that keeps the same tokens in all heads of a layer', () => {
    const overrides = { policy: 'tova', budget: 64, allocation: 'by-head' } as const
    expect(() => resolved(overrides, { heads: file })).toThrow(
      /policy tova keeps the same tokens .* from \d+ to \d+ units; choose allocation even/,
    )
    const alike = { shares: shares.map((heads, layer) => heads.map(() => 1 + layer)) }
    expect(resolved(overrides, { heads: alike }).policy.name).toBe('tova')
  })
})

test('locret without heads is refused', () => {
  expect(() => resolved({ policy: 'locret' }, {})).toThrow(/needs retaining heads/)
})

test('codes are for those who ask for them, and not for merging', () => {
  const { description: even } = randomModel({ ...smallShape, headSize: 16 }, 1)
  expect(resolveSettings({ storage: { cache: 'int8' } }, even, { heads }).storage.cache).toBe(
    'int8',
  )
  expect(resolveSettings({}, even, { heads }).storage.cache).toBe('f32')
  for (const policy of ['lococo', 'kvmerger'] as const) {
    expect(() => resolveSettings({ storage: { cache: 'int8' }, policy }, even, { heads })).toThrow(
      `policy ${policy} merges keys and values, which a cache in int8 does not take`,
    )
  }
})

describe('where an answer from passages is doubtful', () => {
  const known = { heads: { doubtBelow: 0.4 } }
  const passages = { recall: 'passages' } as const

  test('is what was measured for the model, or what was chosen', () => {
    expect(resolveSettings(passages, description, known).doubtBelow).toBe(0.4)
    expect(resolveSettings({ ...passages, doubtBelow: 1 }, description, known).doubtBelow).toBe(1)
  })

  test('is nowhere by default, without passages, or below 0', () => {
    const off = { ...passages, doubtBelow: 0 }
    expect(resolved(passages)).not.toHaveProperty('doubtBelow')
    expect(resolveSettings({}, description, known)).not.toHaveProperty('doubtBelow')
    expect(resolveSettings(off, description, known)).not.toHaveProperty('doubtBelow')
  })

  test.each<[string, SettingOverrides]>([
    ['doubtBelow must be a number of at least 0, not -1', { ...passages, doubtBelow: -1 }],
    ['doubtBelow must be a number of at least 0, not NaN', { ...passages, doubtBelow: NaN }],
    ['doubtBelow 2 is of answers from passages, and recall none reads none', { doubtBelow: 2 }],
  ])('is refused: %s', (sentence, overrides) => {
    expect(() => resolved(overrides)).toThrow(sentence)
  })
})

describe('passages that an answer reads again', () => {
  const even = (overrides: SettingOverrides) =>
    resolveSettings({ policy: 'streaming', recall: 'passages', ...overrides }, trainedFor(65_536))

  test('are four where there is room, else as many as fit beside each other', () => {
    expect(even({ budget: 2048, chunk: 1024 }).reread).toBe(4)
    const { reread = 0 } = even({ budget: 300, chunk: 300 })
    expect(reread).toBeLessThan(600 / 192)
    expect(reread).toBeGreaterThan(0)
  })

  test('are as many as were chosen, and no setting where none is read again', () => {
    expect(even({ budget: 2048, chunk: 1024, reread: 3 }).reread).toBe(3)
    expect(even({ policy: 'full', reread: 500 }).reread).toBe(500)
    expect(resolved({})).not.toHaveProperty('reread')
    expect(resolved({ recall: 'units' })).not.toHaveProperty('reread')
  })

  test.each<[string, SettingOverrides]>([
    [
      'reread 50 takes passages of up to 192 tokens, and budget and chunk, 300 + 300 slots, have room for 2 of them',
      { budget: 300, chunk: 300, reread: 50 },
    ],
    ['60 + 60 slots, have room for 0 of them', { budget: 60, chunk: 60 }],
    ['recall none reads none again', { recall: 'none', reread: 4 }],
    ['reread must be a whole number of at least 1, not 1.5', { reread: 1.5 }],
    ['reread must be a whole number of at least 1, not 0', { reread: 0 }],
  ])('are refused: %s', (sentence, overrides) => {
    expect(() => even(overrides)).toThrow(sentence)
  })

  test('are counted in the smallest KV head, which they have to fit in too', () => {
    const shares = Array.from({ length: description.layers }, () =>
      Array.from({ length: description.kvHeads }, (_, head) => (head === 0 ? 100 : 1)),
    )
    const room = { budget: 800, chunk: 500, recall: 'passages' } as const
    const { reread = 0 } = resolveSettings(room, trainedFor(65_536), { heads })
    const uneven = resolveSettings(room, trainedFor(65_536), { heads: { shares } })
    expect(uneven.allocation).toBe('by-head')
    expect(uneven.reread).toBeLessThan(reread)
  })
})
