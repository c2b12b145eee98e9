// A model of short convolutions and attention against the reference, on random weights: layers of attention alone evict, and
// the states of the others outlast answers and refused drafts.
import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { expectAnswer, expectShownBytes } from '../testing/agreement.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { ask, kept, open, read, tokens, type UsualOverrides } from '../testing/small_engine.ts'

const hybrid = randomModel({ ...smallShape, layers: 5, attentionIn: [1, 3] }, 7)
const gpu = gpuOfFile()
const openHybrid = (settings: UsualOverrides) => open(gpu, settings, undefined, hybrid)

/** six chunks and five evictions, the last chunk shorter */
const text = tokens.subarray(0, 260)

test.each([
  ['locret', {}],
  ['streaming', { policy: { name: 'streaming', sinks: 4 } }],
  ['a pyramid over the layers of attention', { allocation: 'pyramid' }],
  ['sirllm', { policy: 'sirllm' }],
  ['tova', { policy: 'tova' }],
  ['chunks of one token', { chunk: 1, tail: 63, budget: 20, policy: { stabilizers: 4 } }],
  ['full', { policy: 'full' }],
] as [string, UsualOverrides][])('%s: as the reference', async (_, settings) => {
  const engine = await openHybrid(settings)
  await expectAnswer(engine, hybrid.reference, text)
  expect((await kept(engine)).map((layer) => layer.length)).toEqual([0, 2, 0, 2, 0])
})

test('a question leaves the states as they were, however long its answer', async () => {
  const engine = await openHybrid({})
  await read(engine, text)
  const question = tokens.subarray(7, 20)
  const first = await ask(engine, question, 6)
  await ask(engine, tokens.subarray(100, 117), 40) // evicts among its own
  expect(await ask(engine, question, 6)).toEqual(first)
})

test('the bytes that were shown before, states among them', async () => {
  await expectShownBytes(gpu, () => openHybrid({}))
})
