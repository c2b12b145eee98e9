// Budgets per KV head. Every policy keeps what the reference keeps, and heads' files bring shares and biases. Unequal
// budgets cost no more memory and no more dispatches than even ones.
import { describe, expect, test } from 'vitest'
import { complete } from '../../reference/locret.ts'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomCompressor } from '../../reference/random_compressor.ts'
import { smallShape } from '../../reference/random_model.ts'
import { assemble } from '../../reference/weights.ts'
import { countCalls } from '../bench/calls.ts'
import { headsOf } from '../forward/cache.ts'
import { decode } from '../reading/decode.ts'
import type { Engine } from '../forward/engine.ts'
import { loadEngine } from '../reading/load.ts'
import { estimateBytes } from '../plan/plan.ts'
import { prefill } from '../reading/prefill.ts'
import { describe as describeModel } from '../model/config.ts'
import { expectAnswer, expectShownBytes } from '../testing/agreement.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { randomValues } from '../testing/random.ts'
import {
  ask,
  kept,
  model,
  open as openEngine,
  read,
  roomOf,
  tokens,
  usual,
  usualBut,
  type UsualOverrides,
} from '../testing/small_engine.ts'

const gpu = gpuOfFile()

const shares = [
  [1, 9],
  [0, 4],
  [30, 0.5],
]
/** The budgets for a mean of 60: at least 16 each, 264 more split by shares of 44.5. */
const budgets = [
  [22, 69],
  [16, 40],
  [194, 19],
]
const reference = { ...model.reference, shares }
const document = tokens.subarray(0, 240)

const open = (settings: UsualOverrides, compressor?: Blob, other = model) => {
  const heads = headsFile(other, 'F32', { shares: JSON.stringify(shares) })
  return openEngine(gpu, { allocation: 'by-head', ...settings }, compressor, other, heads)
}

describe('retains and answers what the reference does', () => {
  // one of each way to score: alone, by attention, by keys, by a draw; the others score as one of these does
  const cases: [string, UsualOverrides][] = [
    ['locret', {}],
    ['locret, original positions, with sinks', { positions: 'original', policy: { sinks: 3 } }],
    ['locret inside layers', { allocation: 'ada-kv' }],
    ['locret, scores pooled', { policy: { pool: 2 }, chunk: 37 }],
    ['streaming', { policy: { name: 'streaming', sinks: 4 } }],
    ['keydiff, original positions', { policy: 'keydiff', positions: 'original' }],
    ['snapkv', { policy: { name: 'snapkv', sinks: 4 } }],
    ['h2o', { policy: { name: 'h2o', sinks: 4 } }],
    ['nacl', { policy: { name: 'nacl', sinks: 4, drawnShare: 0.4 } }],
    ['kvmerger', { policy: { name: 'kvmerger', sinks: 4 } }],
    [
      'tova, a pyramid over the layers',
      { policy: { name: 'tova', sinks: 4 }, allocation: 'pyramid', chunk: 37 },
    ],
  ]
  test.each(cases)('%s', async (_name, settings) => {
    const engine = await open(settings)
    await expectAnswer(engine, reference, document)
  })

  test.each(['slot', 'original'] as const)('lococo, positions %s', async (positions) => {
    const merging = {
      policy: { name: 'lococo', stabilizers: 0, keptShare: 0.84 },
      burst: 7,
    } as const
    const { file, layers } = randomCompressor(
      model.description,
      { merged: 9, taps: 5, lambda: 0.4 },
      21,
    )
    const engine = await open({ ...merging, positions }, file)
    await expectAnswer(engine, { ...reference, compressors: layers }, document)
    const merged = headsOf(engine.cache).map((head) => head.merged)
    expect(merged).toEqual(budgets.flat().map((end) => ({ first: end - 9, end })))
  })
})

test('every KV head keeps its own budget, and a head that is not full yet all there is', async () => {
  const engine = await open({ local: 0 })
  const held = async () => (await kept(engine)).map((layer) => layer.map(({ length }) => length))
  await read(engine, tokens.subarray(0, 150))
  expect(await held()).toEqual([
    [22, 69],
    [16, 40],
    [150, 19],
  ])
  await read(engine, tokens.subarray(0, 300))
  expect(await held()).toEqual(budgets)
})

test('a head keeps the newest only where its window is shorter than its own budget', async () => {
  const family = { model_type: 'mistral', architectures: ['MistralForCausalLM'] }
  const config = { ...model.config, ...family, sliding_window: 40 }
  const other = { ...model, config }
  const engine = await open({}, undefined, other)
  const windowed = { ...reference, description: describeModel(config, {}) }
  await expectAnswer(engine, windowed, document)
  const areNewest = (await kept(engine)).map((layer) =>
    layer.map((indices) => indices[0] === 210 - indices.length),
  )
  expect(areNewest).toEqual([
    [false, true],
    [false, false],
    [true, false],
  ])
})

test('the block of a pass does not show, and an answer beyond its room evicts among its own', async () => {
  const settings = { chunk: 24, tail: 4, local: 5 }
  const whole = await open(settings)
  const short = tokens.subarray(0, 200)
  const tail = await read(whole, short)
  const expected = await kept(whole)
  await read({ ...whole, plan: { ...whole.plan, block: 10, longestBlock: 10 } }, short)
  expect(await kept(whole)).toEqual(expected)
  const beyond = roomOf(whole) + 9
  const endless = { ...reference, description: { ...model.description, endIds: [] } }
  const chosen = usualBut({ allocation: 'by-head', ...settings })
  expect(await ask(whole, tail, beyond)).toEqual(complete(endless, short, chosen, beyond).ids)
  expect(await kept(whole)).toEqual(expected)
})

describe('a heads’ file', () => {
  const biases = model.description.tensors.layers.map((_, layer) => ({
    name: `model.layers.${layer}.self_attn.fc1.bias`,
    shape: [smallShape.retainingWidth],
    values: randomValues(smallShape.retainingWidth, 70 + layer).map((value) => 2 * value),
  }))

  test('brings shares, biases and stabilizers along, and what is kept follows all three', async () => {
    const heads = [...model.heads, ...biases]
    const metadata = { shares: JSON.stringify(shares), stabilizers: '0.05' }
    const { name, sinks } = usual.policy
    const overrides = { ...usual, allocation: undefined, policy: { name, sinks } }
    const { engine } = await loadEngine(gpu, modelFiles(model, 'F32'), {
      overrides,
      heads: headsFile({ heads }, 'F32', metadata),
      onProgress: () => undefined,
      signal: undefined,
    })
    expect(engine.plan.settings).toMatchObject({
      policy: { stabilizers: 3 },
      allocation: 'by-head',
    })
    const named = (tensors: typeof heads) =>
      new Map(tensors.map(({ name, values }) => [name, values]))
    const biased = {
      ...assemble(model.description, named([...model.tensors]), named(heads)),
      shares,
    }
    const chosen = usualBut({ policy: { stabilizers: 3 }, allocation: 'by-head' })
    await expectAnswer(engine, biased, document)
    const plain = await openEngine(
      gpu,
      { ...chosen },
      undefined,
      model,
      headsFile(model, 'F32', metadata),
    )
    await read(plain, document)
    const found = await kept(engine)
    expect(await kept(plain)).not.toEqual(found)
  })
})

describe('what it costs beside even budgets', () => {
  const chunks = { budget: 60, chunk: 40, local: 0 }

  async function dispatches(engine: Engine) {
    async function* pieces() {
      yield await Promise.resolve(tokens.subarray(0, 360))
    }
    const stop = countCalls(gpu.device)
    await prefill(engine, pieces(), {
      held: 0,
      signal: undefined,
      onBlock: () => undefined,
      onChunk: () => undefined,
    })
    const reading = stop()
    const sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 }
    const options = { maxTokens: 12, sampling, signal: undefined }
    const answer = decode(engine, Uint32Array.of(1), options)
    await answer.next()
    const count = countCalls(gpu.device)
    for (let step = 0; step < 4; step++) await answer.next()
    const answering = count()
    await answer.return()
    return { reading, answering }
  }

  test('as many dispatches and submits while answering, no buffer, nothing more read back', async () => {
    const uneven = await dispatches(await open(chunks))
    const even = await dispatches(await open({ ...chunks, allocation: 'even' }))
    expect(uneven.answering).toEqual(even.answering)
    expect(uneven.answering.buffersCreated).toBe(0)
    expect(uneven.reading.buffersCreated).toBe(0)
    expect(uneven.reading.bytesReadBack).toBe(even.reading.bytesReadBack)
    // larger heads fill earlier and so evict earlier, with two dispatches and one for each of three layers. In a layer with
    // a head split into spans they are joined in each of the nine chunks.
    expect(uneven.reading.dispatches).toBeGreaterThanOrEqual(even.reading.dispatches)
    expect(uneven.reading.dispatches - even.reading.dispatches).toBeLessThanOrEqual(
      (2 + 3) * 2 + 3 * 9,
    )
  })

  test('exactly the bytes that were shown before, flat from the first chunk to the last', async () => {
    await expectShownBytes(gpu, () => open(chunks), 0, shares)
    const engine = await open(chunks)
    const after = gpu.memory.live()
    const { model: description, settings, retainingWidth } = engine.plan
    const shown = estimateBytes(description, settings, retainingWidth, 0, shares)
    const even = estimateBytes(description, { ...settings, allocation: 'even' }, retainingWidth)
    // the number of slots is the same; the row of positions is as long as the largest head, and every buffer a multiple
    // of 16 bytes
    const longer = 4 * (194 - 60)
    expect(shown.cache - even.cache).toBeGreaterThanOrEqual(longer - 16)
    expect(shown.cache - even.cache).toBeLessThan(longer + 16 * (1 + 4 * description.layers))
    async function* pieces() {
      yield await Promise.resolve(tokens)
    }
    const flat: unknown[] = []
    await prefill(engine, pieces(), {
      held: 0,
      signal: undefined,
      onBlock: () => undefined,
      onChunk: () => flat.push(gpu.memory.live()),
    })
    expect(flat).toHaveLength(Math.ceil(tokens.length / 40))
    for (const bytes of flat) expect(bytes).toEqual(after)
  })
})
