// Models of attention and of layers with states, against the reference, on random weights: layers of attention alone evict,
// and the states of the others outlast answers.
import { describe, expect, test } from 'vitest'
import { readbackUsage } from '../gpu/memory.ts'
import { deltaNetShape, hybridShape, randomModel } from '../../reference/random_model.ts'
import type { LayerWeights } from '../model/weights.ts'
import { expectAnswer, expectShownBytes } from '../testing/agreement.ts'
import { distance, findParting, logitsWith } from '../testing/bisect.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { copyDocumentCache } from '../recall/document_cache.ts'
import {
  ask,
  firstLogits,
  kept,
  open,
  read,
  tokens,
  type UsualOverrides,
} from '../testing/small_engine.ts'

const gpu = gpuOfFile()
const hybrid = randomModel(hybridShape, 7)
const deltaNets = randomModel(deltaNetShape, 7)

/** As short as a convolution sees, so that its logits depend on the states. */
const question = tokens.subarray(7, 8)

/** four chunks and three evictions, the last chunk shorter */
const text = tokens.subarray(0, 180)
/** four times a budget of 20 */
const short = tokens.subarray(0, 110)

const locret: [string, UsualOverrides, Uint32Array?] = ['locret', {}]

const others: [string, UsualOverrides, Uint32Array?][] = [
  ['streaming', { policy: { name: 'streaming', sinks: 4 } }],
  ['a pyramid over the layers of attention', { allocation: 'pyramid' }],
  ['sirllm', { policy: 'sirllm' }],
  ['tova', { policy: 'tova' }],
  ['chunks of one token', { chunk: 1, tail: 63, budget: 20, policy: { stabilizers: 4 } }, short],
  ['full', { policy: 'full' }],
]

describe.each([
  {
    kind: 'short convolutions',
    of: hybrid,
    policies: [locret, ...others],
    step: 'convolve',
    named: 'in its convolution',
    spoil: (layer: LayerWeights) => 'convolution' in layer && layer.convolution.weights,
  },
  {
    kind: 'delta nets',
    of: deltaNets,
    policies: [locret],
    step: 'associate',
    named: 'in the state of its delta net',
    spoil: (layer: LayerWeights) => 'deltaNet' in layer && layer.deltaNet.decays,
  },
])('$kind', ({ of, policies, step, named, spoil }) => {
  const openHybrid = (settings: UsualOverrides) => open(gpu, settings, undefined, of)

  test.each(policies)('%s: as the reference', async (_, settings, given = text) => {
    const engine = await openHybrid(settings)
    await expectAnswer(engine, of.reference, given)
    expect((await kept(engine)).map((layer) => layer.length)).toEqual([0, 2, 0, 2, 0])
  })

  test('a question leaves the states as they were, however long its answer', async () => {
    const engine = await openHybrid({})
    await read(engine, text)
    const right = await firstLogits(engine, question)
    await ask(engine, tokens.subarray(100, 117), 40) // evicts among its own
    expect(await firstLogits(engine, question)).toEqual(right)
  })

  test('a document whose slots were used for something else comes back with its states', async () => {
    const engine = await openHybrid({})
    await read(engine, text)
    const right = await firstLogits(engine, question)
    const staging = gpu.memory.allocate('scratch', 'staging', 4096, readbackUsage)
    const held = await copyDocumentCache(engine, staging)
    await read(engine, tokens.subarray(200, 290))
    held.restore(engine)
    gpu.memory.free(staging)
    expect(await firstLogits(engine, question)).toEqual(right)
  })

  test('every step agrees with its twin, and either side goes on with the other’s state', async () => {
    const engine = await openHybrid({})
    const ids = tokens.subarray(0, 120)
    expect(await findParting(engine, of.reference, ids, 1e-4)).toBe(undefined)
    const [onGpu, mixed] = [() => false, (name: string) => name.endsWith(`layer 2: ${step}`)]
    const right = await logitsWith(engine, of.reference, ids, onGpu)
    expect(distance(await logitsWith(engine, of.reference, ids, mixed), right)).toBeLessThan(1e-4)
  })

  test('a bad number of a state is told by its layer and step', async () => {
    const engine = await openHybrid({})
    const [, , layer] = engine.weights.layers
    const weights = layer && spoil(layer)
    if (!weights) throw new Error('layer 2 has no state')
    gpu.device.queue.writeBuffer(weights, 0, Float32Array.of(NaN))
    await expect(read(engine, text)).rejects.toThrow(
      `the numbers of layer 2 became NaN ${named} (${step}); `,
    )
  })

  test('the bytes that were shown before, states among them', async () => {
    await expectShownBytes(gpu, () => openHybrid({}))
  })
})
