// The engine compared with the reference, end to end on a random model: retained units, answers and memory.
import { describe, expect, test } from 'vitest'
import { answer } from '../../reference/decode.ts'
import { complete } from '../../reference/locret.ts'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { read as referenceRead } from '../../reference/prefill.ts'
import { assemble } from '../../reference/weights.ts'
import { describe as describeModel } from '../model/config.ts'
import { expectAnswer, expectShownBytes } from '../testing/agreement.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { storedMatrix } from '../testing/rows.ts'
import {
  ask,
  firstLogits,
  kept,
  model,
  open as openEngine,
  read,
  tokens,
  usual,
  usualBut,
  type UsualOverrides,
} from '../testing/small_engine.ts'
import { loadEngine } from './load.ts'
import { farthest } from '../testing/farthest.ts'

/** four chunks and three evictions, the last chunk shorter */
const text = tokens.subarray(0, 180)
/** Tokens of it that are not held back. */
const early = text.length - usual.local

const gpu = gpuOfFile()

const open = (settings: UsualOverrides) => openEngine(gpu, settings)

describe('reading and answering agree with the reference', () => {
  const cases: [string, UsualOverrides][] = [
    ['locret', {}],
    ['locret, no stabilizers', { policy: { stabilizers: 0 } }],
    ['locret, original positions', { positions: 'original' }],
    ['locret, last chunk of one token', { chunk: 39 }],
    ['locret, budget 1', { budget: 1, policy: { stabilizers: 0 } }],
    ['random', { policy: { name: 'random', seed: 3 } }],
    ['streaming', { policy: { name: 'streaming', sinks: 4 } }],
    ['window', { policy: 'window' }],
    [
      'locret with sinks, a pyramid over the layers',
      { policy: { sinks: 3 }, allocation: 'pyramid' },
    ],
    ['full', { policy: 'full' }],
  ]
  test.each(cases)('%s', async (_name, settings) => {
    const engine = await open(settings)
    await expectAnswer(engine, model.reference, text)
  })

  test.each([
    ['f32', 1e-3], // this model's weights are exact in f16
    ['f16', 4e-2], // keys and values are not: errors of 4e-3 of its logits of ±10
  ] as const)('weights in f16 and a cache in %s stay within %s', async (cache, within) => {
    const short = tokens.subarray(0, 120)
    const engine = await open({ storage: { weights: 'f16', cache }, policy: 'full' })
    const tail = await read(engine, short)
    const expected = complete(model.reference, short, usualBut({ policy: 'full' }), 1)
    expect(farthest(await firstLogits(engine, tail), expected.firstLogits)).toBeLessThan(within)
  })
})

test('under a pyramid a layer keeps the newest only where its window is shorter than its own budget', async () => {
  const family = { model_type: 'mistral', architectures: ['MistralForCausalLM'] }
  const config = { ...model.config, ...family, sliding_window: 40 }
  const settings = { ...usual, allocation: 'pyramid' } as const // 106, 60 and 14 slots
  const { engine } = await loadEngine(gpu, modelFiles({ ...model, config }, 'F32'), {
    overrides: settings,
    heads: headsFile(model, 'F32'),
    onProgress: () => undefined,
    signal: undefined,
  })
  const reference = { ...model.reference, description: describeModel(config, {}) }
  await expectAnswer(engine, reference, text, 1)
  const areNewest = (await kept(engine)).map((layer) =>
    layer.map((indices) => indices[0] === early - indices.length),
  )
  expect(areNewest).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ])
})

describe('without eviction', () => {
  test('neither budget, chunk nor block changes the logits', async () => {
    const plain = referenceRead(
      model.reference,
      text.subarray(0, early),
      usualBut({ policy: 'full' }),
    )
    const expected = answer(plain, text.subarray(early), 1).firstLogits
    for (const { chunk, block } of [
      { chunk: 17, block: 17 },
      { chunk: early, block: 100 },
    ]) {
      const opened = await open({ budget: early, chunk, policy: { stabilizers: 100 } })
      const engine = { ...opened, plan: { ...opened.plan, block, longestBlock: block } }
      const tail = await read(engine, text)
      expect(farthest(await firstLogits(engine, tail), expected)).toBeLessThan(1e-3)
    }
  })
})

describe('stabilizers', () => {
  test('are spared by one eviction and compete in the next', async () => {
    const engine = await open({ policy: { name: 'random', seed: 3 }, local: 0 }) // budget 60, chunk 40, 12 stabilizers
    const newest = Array.from({ length: 12 }, (_, i) => 68 + i) // at the first eviction, after 80 tokens
    let midway: number[][][] = []
    const look = async () => {
      midway = await kept(engine)
    }
    // one more than two chunks, so that both are read before the rest is pulled
    await read(engine, tokens.subarray(0, 81), look, tokens.subarray(81, 120))
    const survivors = (retained: number[][][]) =>
      retained.flat().map((indices) => newest.filter((index) => indices.includes(index)).length)
    expect(Math.min(...survivors(midway))).toBe(12)
    expect(Math.min(...survivors(await kept(engine)))).toBeLessThan(12)
  })
})

describe('weights', () => {
  test('with a NaN are refused, the tensor named', async () => {
    const tensors = model.tensors.map((tensor) =>
      tensor.name.endsWith('layers.1.mlp.up_proj.weight')
        ? { ...tensor, values: tensor.values.map((value, i) => (i === 77 ? NaN : value)) }
        : tensor,
    )
    const loading = loadEngine(gpu, modelFiles({ ...model, tensors }, 'F32'), {
      overrides: usual,
      heads: headsFile(model, 'F32'),
      onProgress: () => undefined,
      signal: undefined,
    })
    await expect(loading).rejects.toThrow(/layers\.1\.mlp\.up_proj\.weight holds NaN/)
  })

  test.each(['q8', 'q4'] as const)(
    'in %s give what the reference makes of them',
    async (weights) => {
      const short = tokens.subarray(0, 60)
      const settings = { storage: { weights, cache: 'f32' }, policy: 'full' } as const
      const engine = await open(settings)
      const tail = await read(engine, short)
      const left = new Map(
        model.tensors.map(({ name, shape, values }) => [
          name,
          shape.length === 1 ? values : storedMatrix(values, shape[1] ?? 1, weights),
        ]),
      )
      const reference = assemble(model.description, left)
      const expected = complete(reference, short, usualBut(settings), 4)
      expect(farthest(await firstLogits(engine, tail), expected.firstLogits)).toBeLessThan(1e-3)
      expect((await ask(engine, tail, 4)).slice(0, expected.ids.length)).toEqual(expected.ids)
    },
  )

  test.each([
    ['f16', 'f16'],
    ['f32', 'f32'],
    ['q8', 'f16'],
    ['q4', 'f16'],
  ] as const)(
    'in %s, the cache in %s, and all else take exactly the bytes that were shown before',
    async (weights, cache) => {
      await expectShownBytes(gpu, () => open({ storage: { weights, cache } }))
    },
  )
})
