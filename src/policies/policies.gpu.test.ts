// Every policy keeps the units that the reference keeps, exactly its budget, all protected slots, and everything where it
// fits. The block size does not change the result.
import { describe, expect, test } from 'vitest'
import { complete } from '../../reference/locret.ts'
import { needs, policyNames, type PolicyName } from '../api/policies.ts'
import { countCalls } from '../bench/calls.ts'
import { expectAnswer } from '../testing/agreement.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import {
  ask,
  firstLogits,
  kept,
  model,
  open,
  read,
  roomOf,
  tokens,
  type UsualOverrides,
} from '../testing/small_engine.ts'

const gpu = gpuOfFile()

/** those that merge are in merging.gpu.test.ts */
const evicting = policyNames.filter((name) => name !== 'full' && !needs(name, 'compressor'))
/** four chunks and three evictions, the last chunk shorter */
const text = tokens.subarray(0, 180)
const document = tokens.subarray(0, 150)
const newest = (count: number, end: number) =>
  Array.from({ length: count }, (_, i) => end - count + i)

/** Fails if the work makes a buffer. */
async function withoutBuffers<Result>(work: () => Promise<Result>): Promise<Result> {
  const count = countCalls(gpu.device)
  try {
    return await work()
  } finally {
    expect(count().buffersCreated).toBe(0)
  }
}

describe('retains and answers what the reference does', () => {
  const cases: [string, UsualOverrides, Uint32Array?][] = [
    ['knorm', { policy: { name: 'knorm', sinks: 4 } }],
    ['keydiff', { policy: { name: 'keydiff', sinks: 4 } }],
    ['keydiff, original positions', { policy: 'keydiff', positions: 'original' }],
    ['snapkv', { policy: { name: 'snapkv', sinks: 4 } }],
    [
      'snapkv, original positions, a pyramid',
      { policy: 'snapkv', positions: 'original', allocation: 'pyramid' },
    ],
    ['snapkv, chunks shorter than its window', { policy: 'snapkv', chunk: 20 }],
    ['kv-compress', { policy: { name: 'kv-compress', sinks: 4 }, budget: 90 }],
    [
      'kv-compress, original positions, a pyramid',
      { policy: 'kv-compress', budget: 90, positions: 'original', allocation: 'pyramid' },
    ],
    ['nacl', { policy: { name: 'nacl', sinks: 4, drawnShare: 0.4, seed: 3 } }],
    [
      'nacl, several proxies, original positions',
      { policy: { name: 'nacl', drawnShare: 0.4 }, budget: 160, chunk: 50, positions: 'original' },
    ],
    ['nacl, nothing drawn', { policy: { name: 'nacl', drawnShare: 0 } }],
    ['nacl, all drawn', { policy: { name: 'nacl', drawnShare: 1 } }],
    ['h2o', { policy: { name: 'h2o', sinks: 4 } }],
    ['h2o, original positions', { policy: 'h2o', positions: 'original' }],
    ['tova', { policy: { name: 'tova', sinks: 4 }, chunk: 37 }],
    ['locret, scores pooled', { policy: { name: 'locret', pool: 2 } }],
    ['kvmerger', { policy: { name: 'kvmerger', sinks: 4 } }],
    ['kvmerger, original positions', { policy: 'kvmerger', positions: 'original' }],
    ['sirllm', { policy: { name: 'sirllm', sinks: 4 } }],
    ['sirllm, short chunks', { policy: 'sirllm', chunk: 7 }, document],
  ]
  test.each(cases)('%s', async (_name, settings, given = text) => {
    const engine = await open(gpu, settings)
    await expectAnswer(engine, model.reference, given)
  })
})

test('pooled scores do not depend on the blocks a chunk is read in', async () => {
  const engine = await open(gpu, { policy: { name: 'locret', pool: 2 } })
  await read(engine, document)
  const expected = await kept(engine)
  await read({ ...engine, plan: { ...engine.plan, block: 10, longestBlock: 10 } }, document)
  expect(await kept(engine)).toEqual(expected)
  const plain = await open(gpu, { policy: 'locret' })
  await read(plain, document)
  expect(await kept(plain)).not.toEqual(expected)
})

test('where everything fits every policy answers exactly as the full cache does', async () => {
  const settings = (name: PolicyName) => ({ budget: 140, policy: { name, stabilizers: 20 } })
  const engine = await open(gpu, settings('full'))
  const tail = await read(engine, document)
  const logits = await firstLogits(engine, tail)
  const ids = await ask(engine, tail, 5)
  for (const policy of evicting) {
    const other = await open(gpu, settings(policy))
    await read(other, document)
    expect(await firstLogits(other, tail), policy).toEqual(logits)
    expect(await ask(other, tail, 5), policy).toEqual(ids)
  }
})

describe.each(evicting)('%s', (policy) => {
  test('keeps as many as the budget says, the first and, till the last chunk, the newest', async () => {
    const engine = await open(gpu, { policy: { name: policy, sinks: 3 }, local: 0 })
    const seen: number[][] = []
    const look = async () => {
      seen.push(...(await kept(engine)).flat())
    }
    await read(engine, tokens.subarray(0, 81), look, tokens.subarray(81, 120))
    expect(seen).toHaveLength(6)
    for (const origins of seen) {
      expect(origins).toHaveLength(60)
      expect(origins.slice(0, 3)).toEqual([0, 1, 2])
      expect(origins.slice(-12)).toEqual(newest(12, 80))
    }
    for (const origins of (await kept(engine)).flat()) {
      expect(origins).toHaveLength(60)
      expect(origins.slice(0, 3)).toEqual([0, 1, 2])
      expect(origins).toEqual([...new Set(origins)].toSorted((a, b) => a - b))
    }
  })

  test('does not depend on the blocks a chunk is read in, answers beyond its room, and makes no buffer', async () => {
    const settings = {
      policy: { name: policy, stabilizers: 8 },
      budget: 40,
      chunk: 16,
      tail: 4,
      local: 5,
    }
    const whole = await open(gpu, settings)
    const short = tokens.subarray(0, 80)
    const tail = await read(whole, short)
    const expected = await kept(whole)
    const bytes = gpu.memory.live()
    const inBlocks = { ...whole, plan: { ...whole.plan, block: 10, longestBlock: 10 } }
    await withoutBuffers(() => read(inBlocks, short))
    expect(await kept(whole)).toEqual(expected)
    const beyond = roomOf(whole) + 4
    const ids = await withoutBuffers(() => ask(whole, tail, beyond))
    const endless = { ...model.reference, description: { ...model.description, endIds: [] } }
    expect(ids).toEqual(complete(endless, short, whole.plan.settings, beyond).ids)
    expect(await kept(whole)).toEqual(expected)
    expect(gpu.memory.live()).toEqual(bytes)
  })
})
