// The question choosing again, against the reference, on a random model.
import { expect, test } from 'vitest'
import { randomModel, smallShape, type RandomShape } from '../../reference/random_model.ts'
import { answer } from '../../reference/decode.ts'
import { chooseAgain, readKeeping } from '../../reference/recall.ts'
import { readBuffer } from '../gpu/readback.ts'
import { stretchOf } from '../gpu/stretch.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { clearCache, type Engine } from '../forward/engine.ts'
import type { CacheStorage, Settings } from '../api/settings.ts'
import { recallShape } from '../plan/recall_shape.ts'
import { openUnitRecall, type UnitRecall } from '../recall/unit_recall.ts'
import { kept, model, open, tokens, usual } from '../testing/small_engine.ts'
import { prefill } from './prefill.ts'
import { decode, type DecodeOptions } from './decode.ts'
import { units } from './recall.ts'
import { farthest } from '../testing/farthest.ts'

const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 }
const question = Uint32Array.from({ length: 17 }, (_, i) => (i * 53 + 11) % 256)
const choice = { before: 2, after: 12, sinks: 4, newest: 32, questionTokens: 64 }

const gpu = gpuOfFile()

/** Seven chunks and three segments of 96, four times the budget. */
const brief = tokens.subarray(0, 250)

/** Yields answer ids over the units that the question chooses. */
async function* decodeRecalled(
  engine: Engine,
  recall: UnitRecall,
  tail: Uint32Array,
  options: DecodeOptions,
) {
  const grounds = units(engine, recall)
  try {
    yield* decode(engine, await grounds.begin(tail, options.signal), options)
  } finally {
    grounds.end()
  }
}

async function readKept(engine: Engine, recall: UnitRecall, ids: Uint32Array): Promise<void> {
  clearCache(engine)
  await recall.begin()
  async function* prompt() {
    yield await Promise.resolve(ids)
  }
  await prefill(engine, prompt(), {
    held: 0,
    signal: undefined,
    units: recall.ring,
    onBlock: () => undefined,
    onChunk: () => undefined,
  })
  await recall.finish()
}

/** What the answer to the question sees and writes. */
async function asked(engine: Engine, recall: UnitRecall) {
  const answered = async (maxTokens: number, onToken: () => Promise<void>) => {
    const ids: number[] = []
    const options = { maxTokens, sampling: greedy, signal: undefined }
    for await (const id of decodeRecalled(engine, recall, question, options)) {
      ids.push(id)
      await onToken()
    }
    return ids
  }
  let chosen: number[][][] = []
  let logits = new Float32Array(0)
  await answered(1, async () => {
    const inCache = await kept(engine)
    const inDocument = (token: number) => token < engine.cache.seen - question.length
    chosen = inCache.map((layer) => layer.map((head) => head.filter(inDocument)))
    const bytes = await readBuffer(gpu.device, engine.scratch.logits, 0, 4 * smallShape.vocabulary)
    logits = new Float32Array(bytes)
  })
  return { ids: await answered(5, async () => undefined), chosen, logits }
}

const cases: [string, Partial<RandomShape>, Partial<Settings>, CacheStorage][] = [
  ['locret', { headSize: 16 }, {}, 'int8'],
  [
    'streaming, an uneven last chunk',
    { headSize: 16 },
    { policy: { name: 'streaming', stabilizers: 12, sinks: 4 }, chunk: 37 },
    'int8',
  ],
  [
    'original positions',
    { headSize: 16 },
    { policy: { name: 'random', stabilizers: 12, sinks: 0, seed: 3 }, positions: 'original' },
    'int8',
  ],
  [
    'a cache in int4 keeps its own codes',
    { headSize: 16 },
    { storage: { weights: 'f32', cache: 'int4' } },
    'int4',
  ],
  ['heads whose size is no multiple of 8', { headSize: 12 }, {}, 'f32'],
  ['norms that weigh turned heads', { headSize: 16, weighsTurnedHeads: true }, {}, 'int8'],
]
test.each(cases)('%s: the same units and the same answer', async (_, shape, settings, storage) => {
  const other = randomModel({ ...smallShape, ...shape }, 7)
  const engine = await open(gpu, settings, undefined, other)
  const recall = await openUnitRecall(engine)
  await readKept(engine, recall, brief)
  const bytes = gpu.memory.live()
  const before = await kept(engine)
  const { document, units } = readKeeping(
    other.reference,
    brief,
    { ...usual, ...settings },
    storage,
  )
  const again = chooseAgain(document, units, question, choice)
  const expected = answer(again.document, question, 5)
  const got = await asked(engine, recall)
  expect(got.chosen).toEqual(again.chosen)
  expect(farthest(got.logits, expected.firstLogits)).toBeLessThan(2e-3)
  expect(got.ids.slice(0, expected.ids.length), 'to an end').toEqual(expected.ids)
  expect(await kept(engine), 'the document is there again').toEqual(before)
  expect(gpu.memory.live(), 'nothing is allocated at a question').toEqual(bytes)
  expect(await asked(engine, recall), 'the next question meets the same document').toEqual(got)
})

test('a document of several segments, a question of more tokens than look', async () => {
  const engine = await open(gpu, {})
  const shape = { ...recallShape(engine.plan), segmentTokens: 96, questionTokens: 9 }
  const recall = await openUnitRecall(engine, shape)
  await readKept(engine, recall, brief)
  const { document, units } = readKeeping(model.reference, brief, usual, 'f32')
  const again = chooseAgain(document, units, question, { ...choice, questionTokens: 9 })
  expect((await asked(engine, recall)).chosen).toEqual(again.chosen)
})

test('an answer that is cancelled while it looks leaves the document as it was, and the next one is right', async () => {
  const engine = await open(gpu, {})
  const shape = { ...recallShape(engine.plan), segmentTokens: 96 }
  const recall = await openUnitRecall(engine, shape)
  await readKept(engine, recall, brief)
  const before = await kept(engine)
  const uncancelled = await asked(engine, recall)
  const controller = new AbortController()
  const { choose } = recall
  const cancelling: UnitRecall = {
    ...recall,
    choose(signal) {
      queueMicrotask(() => controller.abort()) // the first segment is under way
      return choose(signal)
    },
  }
  const options = { maxTokens: 5, sampling: greedy, signal: controller.signal }
  await expect(decodeRecalled(engine, cancelling, question, options).next()).rejects.toMatchObject({
    code: 'aborted',
  })
  expect(await kept(engine)).toEqual(before)
  expect(await asked(engine, recall)).toEqual(uncancelled)
})

test('a document that fits is answered from as it is', async () => {
  const engine = await open(gpu, {})
  const recall = await openUnitRecall(engine)
  const short = tokens.subarray(0, 50)
  await readKept(engine, recall, short)
  const got = await asked(engine, recall)
  expect(got.chosen.flat()).toEqual(got.chosen.flat().map(() => [...short.keys()]))
})

test('the cache comes back to the bit', async () => {
  const engine = await open(gpu, { policy: { name: 'random', stabilizers: 12, sinks: 0, seed: 3 } })
  const recall = await openUnitRecall(engine)
  await readKept(engine, recall, brief)
  const before = await rowsInUse(engine)
  await asked(engine, recall)
  expect(await rowsInUse(engine)).toEqual(before)
})

async function rowsInUse({ cache }: Engine): Promise<Uint32Array[]> {
  const found: Uint32Array[] = []
  for (const { keys, values, origins, scores, heads } of cache.layers) {
    const slots = heads.reduce((sum, { capacity }) => sum + capacity, 0)
    for (const { buffer, offset: first, size } of [keys, values, origins, scores].map(stretchOf)) {
      const words = new Uint32Array(await readBuffer(gpu.device, buffer, first, size))
      const width = words.length / slots
      for (const { offset, occupied } of heads)
        found.push(words.slice(offset * width, (offset + occupied) * width))
    }
  }
  return found
}
