// Infinities and NaN in a small random model: a reading or an answer ends in an error that names the step.
import { beforeAll, describe, expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { countCalls } from '../bench/calls.ts'
import type { Engine } from '../forward/engine.ts'
import { readBuffer } from '../gpu/readback.ts'
import { padded } from '../model/matrix.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { open, read, tokens, type UsualOverrides } from '../testing/small_engine.ts'
import { decode, type Sampling } from './decode.ts'
import { likelihoodOf } from './likelihood.ts'
import { ofAttention } from '../testing/of_attention.ts'

const gpu = gpuOfFile()
const model = randomModel({ ...smallShape, tiedEmbeddings: false }, 7)
const openSmall = (settings: UsualOverrides = {}) =>
  open(gpu, { local: 0, ...settings }, undefined, model)

/** three chunks; the second and the third evict */
const text = tokens.subarray(0, 110)
const question = tokens.subarray(300, 306)
const greedy: Sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 }
const drawn: Sampling = { temperature: 0.8, topK: 40, topP: 0.9, seed: 3 }

/** The ids until the answer ends, or fails. */
async function answer(engine: Engine, sampling: Sampling, ids: number[] = []): Promise<number[]> {
  const options = { maxTokens: 5, sampling, signal: undefined }
  for await (const id of decode(engine, question, options)) ids.push(id)
  return ids
}

interface Spoilt {
  readonly buffer: GPUBuffer
  readonly value: number
  /** word of the buffer, 0 by default */
  readonly at?: number
}

/** Does something while a weight holds another number. */
async function whileSpoilt(
  { buffer, value, at = 0 }: Spoilt,
  work: () => Promise<void>,
): Promise<void> {
  const before = await readBuffer(gpu.device, buffer, 4 * at, 4)
  gpu.device.queue.writeBuffer(buffer, 4 * at, Float32Array.of(value))
  try {
    await work()
  } finally {
    gpu.device.queue.writeBuffer(buffer, 4 * at, before)
  }
}

const refused = (message: RegExp) => ({
  name: 'LongtabError',
  code: 'bad-numbers',
  message: expect.stringMatching(message) as string,
})

/** A weight for every step, and how the error begins. */
const faults: [string, (engine: Engine) => Spoilt, RegExp][] = [
  [
    'the queries of layer 1',
    ({ weights }) => ({ buffer: ofAttention(weights.layers[1]).qkv.parts[0]!.matrix, value: NaN }),
    /^the numbers of layer 1 became NaN in its queries, keys and values \(projectQkv\); use /,
  ],
  [
    'what follows attention in layer 2',
    ({ weights }) => ({
      buffer: ofAttention(weights.layers[2]).attentionOutput.parts[0]!.matrix,
      value: NaN,
    }),
    /^the numbers of layer 2 became NaN behind its attention \(addAttention\); /,
  ],
  [
    'the norm before the feed-forward of layer 0',
    ({ weights }) => ({ buffer: weights.layers[0]!.feedForwardNorm!, value: Infinity }),
    /^the numbers of layer 0 became (NaN|infinite) in its feed-forward \(gateRows\); /,
  ],
  [
    'what follows the feed-forward of layer 1',
    ({ weights }) => ({ buffer: weights.layers[1]!.down.parts[0]!.matrix, value: -Infinity }),
    /^the numbers of layer 1 became infinite behind its feed-forward \(addFeedForward\); /,
  ],
  [
    'a number of layer 0 so large that its square is none',
    ({ weights }) => ({ buffer: weights.layers[0]!.down.parts[0]!.matrix, value: 1e30 }),
    /^the numbers of layer 1 became NaN in its queries, keys and values \(projectQkv\); /,
  ],
]

describe('while answering', () => {
  let engine: Engine
  let right: Record<'greedy' | 'drawn', number[]>
  beforeAll(async () => {
    engine = await openSmall()
    await read(engine, text)
    right = { greedy: await answer(engine, greedy), drawn: await answer(engine, drawn) }
  })

  const inLogits: (typeof faults)[number] = [
    'the output matrix',
    ({ weights }) => ({ buffer: weights.output.parts[0]!.matrix, value: NaN }),
    /^the numbers of the model became NaN in its logits \(logits\); use another file of the model/,
  ]
  test.each([...faults, inLogits])('%s', async (_name, spoilt, message) => {
    const { weights, cache, scratch } = gpu.memory.live()
    for (const [name, sampling] of Object.entries({ greedy, drawn })) {
      await whileSpoilt(spoilt(engine), async () => {
        const ids: number[] = []
        await expect(answer(engine, sampling, ids), name).rejects.toMatchObject(refused(message))
        expect(ids).toEqual([])
      })
    }
    // nothing of it is left behind
    expect(gpu.memory.live()).toMatchObject({ weights, cache, scratch })
    expect(await answer(engine, greedy)).toEqual(right.greedy)
    expect(await answer(engine, drawn)).toEqual(right.drawn)
  })

  test('the token that brings the fault is the last', async () => {
    const [first, second] = right.greedy
    expect(second).not.toBe(first)
    const at = second! * padded(smallShape.hidden)
    const spoilt = { buffer: engine.weights.embedding.parts[0]!.matrix, value: NaN, at }
    await whileSpoilt(spoilt, async () => {
      const ids: number[] = []
      await expect(answer(engine, greedy, ids)).rejects.toMatchObject(
        refused(/^the numbers of the model became NaN in its embedding \(embed\); /),
      )
      expect(ids).toEqual([first, second])
    })
    expect(await answer(engine, greedy)).toEqual(right.greedy)
  })

  test('a probability that is no number is an error too', async () => {
    const ids = tokens.slice(200, 206)
    const likelihood = () => likelihoodOf(engine, ids, 4, false, new AbortController().signal)
    const before = await likelihood()
    const [, spoilt, message] = faults[1]!
    await whileSpoilt(spoilt(engine), () =>
      expect(likelihood()).rejects.toMatchObject(refused(message)),
    )
    expect(await likelihood()).toEqual(before)
  })
})

describe('while reading', () => {
  let growing: Engine
  beforeAll(async () => {
    growing = await openSmall({ policy: 'full' })
  })

  test.each(faults)('%s', async (_name, spoilt, message) => {
    await read(growing, text)
    const right = await answer(growing, greedy)
    await whileSpoilt(spoilt(growing), () =>
      expect(read(growing, text)).rejects.toMatchObject(refused(message)),
    )
    await read(growing, text)
    expect(await answer(growing, greedy)).toEqual(right)
  })

  test.each([
    ['f16', 'keydiff'],
    ['int8', 'locret'],
    ['int4', 'tova'],
  ] as const)('keys in a cache of %s, under %s', async (cache, policy) => {
    const shape = { ...smallShape, headSize: 16 }
    const other = randomModel(shape, 7)
    const engine = await open(gpu, { policy, storage: { cache } }, undefined, other)
    const { matrix } = ofAttention(engine.weights.layers[1]).qkv.parts[0]!
    const firstKey = shape.heads * shape.headSize * padded(shape.hidden)
    await whileSpoilt({ buffer: matrix, value: NaN, at: firstKey }, () =>
      expect(read(engine, text)).rejects.toMatchObject(refused(faults[0]![2])),
    )
  })

  test('scores that are no numbers, though the model computes well', async () => {
    const engine = await openSmall()
    const { fc2 } = ofAttention(engine.weights.layers[1]).retainingHead!
    await whileSpoilt({ buffer: fc2, value: NaN }, () =>
      expect(read(engine, text)).rejects.toMatchObject(
        refused(
          /^the numbers of layer 1 became NaN in the scores of its units \(scoreUnits\); choose another policy, or other retaining heads$/,
        ),
      ),
    )
    await read(engine, text)
    expect(await answer(engine, greedy)).toHaveLength(5)
  })
})

test('keys far beyond a half are clamped, and the answer goes on', async () => {
  const engine = await openSmall({ policy: 'window', storage: { cache: 'f16' } })
  const { matrix, outs } = ofAttention(engine.weights.layers[1]).qkv.parts[0]!
  expect(outs).toBe((4 + 2 * 2) * 12)
  const firstKey = 4 * 12 * padded(smallShape.hidden)
  await whileSpoilt({ buffer: matrix, value: 1e9, at: firstKey }, async () => {
    await read(engine, text)
    expect(await answer(engine, greedy)).toHaveLength(5)
  })
})

test('looking costs a dispatch a block and four bytes a chunk, and an answer nothing', async () => {
  const engine = await openSmall({ policy: 'window' })
  await read(engine, text)
  const stopReading = countCalls(gpu.device)
  await read(engine, text)
  const reading = stopReading()
  const { layers } = smallShape
  const blocks = 3
  // embed, nine of each layer for a block; in the two evictions select, list_survivors, and compact of each layer
  const before = blocks * (1 + 9 * layers) + 2 * (2 + layers)
  expect(reading.dispatches).toBe(before + blocks)
  expect(reading.bytesReadBack).toBe(4 * 3)
  expect(reading.buffersCreated).toBe(0)

  const stopAnswering = countCalls(gpu.device)
  await answer(engine, greedy)
  const answering = stopAnswering()
  // the question as a block, four steps of one token, and norm, logits and argmax of five
  expect(answering.dispatches).toBe(1 + 9 * layers + 4 * (1 + 6 * layers) + 5 * 3)
  expect(answering.bytesReadBack).toBe(5 * 4)
  expect(answering.buffersCreated).toBe(0)
})
