// What an answer costs, and that it leaves the document as it was, on a random model.
import { describe, expect, onTestFinished, test } from 'vitest'
import { answer } from '../../reference/decode.ts'
import { read as referenceRead } from '../../reference/prefill.ts'
import { countCalls } from '../bench/calls.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import {
  ask,
  firstLogits,
  kept,
  model,
  open as openEngine,
  read,
  roomOf,
  tokens,
  usual,
  type UsualOverrides,
} from '../testing/small_engine.ts'
import { openTokenizer } from '../text/tokenizer.ts'
import { byteBpe } from '../testing/small_tokenizers.ts'
import { decode } from './decode.ts'
import { openLogProbs, type LogProbs } from './log_probs.ts'
import type { Layer } from '../forward/layer.ts'
import { farthest } from '../testing/farthest.ts'

/** six chunks and five evictions, the last chunk shorter */
const text = tokens.subarray(0, 260)
/** Tokens of it that are not held back. */
const early = text.length - usual.local
const greedy = { temperature: 0, topK: 0, topP: 1, seed: 0 }

const gpu = gpuOfFile()

const open = (settings: UsualOverrides) => openEngine(gpu, settings)

describe('a document outlasts its questions', () => {
  test('an answer longer than the room evicts only itself, and the same question gets the same answer', async () => {
    const engine = await open({ chunk: 20, tail: 12, local: 8 })
    const tail = await read(engine, text.subarray(0, 150))
    const before = await kept(engine)
    const beyond = roomOf(engine) + 20
    const long = await ask(engine, tail, beyond)
    expect(long).toHaveLength(beyond)
    expect(await kept(engine)).toEqual(before)
    const other = await ask(engine, Uint32Array.of(1, 2, 3), 5)
    expect(other).toHaveLength(5)
    expect(await ask(engine, tail, beyond)).toEqual(long)
  })

  test('a question longer than the room is read to its end', async () => {
    const engine = await open({})
    await read(engine, text)
    const question = tokens.subarray(0, 3 * roomOf(engine))
    const document = referenceRead(model.reference, text.subarray(0, early), usual)
    const expected = answer(document, question, 3)
    expect(expected.margin).toBeGreaterThan(1e-6)
    expect(farthest(await firstLogits(engine, question), expected.firstLogits)).toBeLessThan(1e-3)
    expect((await ask(engine, question, 3)).slice(0, expected.ids.length)).toEqual(expected.ids)
  })

  test('a stop in the middle of an answer changes nothing', async () => {
    const engine = await open({})
    const tail = await read(engine, text)
    const whole = await ask(engine, tail, 8)
    const options = { maxTokens: 8, sampling: greedy, signal: undefined }
    for await (const _ of decode(engine, tail, options)) break
    expect(await ask(engine, tail, 8)).toEqual(whole)
  })
})

describe('what it costs', () => {
  test('an answer is scored only where it may fill its room, and then from the question on', async () => {
    const opened = await open({})
    let scored = 0
    const engine = {
      ...opened,
      policy: {
        ...opened.policy,
        score: (layer: Layer) => {
          if (layer.index === 0) scored += layer.rows.count
          opened.policy.score?.(layer)
        },
      },
    }
    const tail = await read(engine, text)
    expect(scored).toBe(early)
    const room = roomOf(engine)
    const fitting = room - tail.length + 1 // the last token needs no slot
    await ask(engine, tail, fitting)
    expect(scored).toBe(early)
    await ask(engine, tail, fitting + 1)
    expect(scored).toBe(early + room + 1)
  })

  test('no buffer is made while reading or answering, and a decode step is one submit', async () => {
    const engine = await open({})
    await read(engine, text) // creates bind groups but no buffers
    const bytes = gpu.memory.live()
    let count = countCalls(gpu.device)
    onTestFinished(() => void count())
    const tail = await read(engine, text)
    const answer = decode(engine, tail, { maxTokens: 20, sampling: greedy, signal: undefined })
    await answer.next()
    const reading = count()
    count = countCalls(gpu.device)
    let answered = 1
    for await (const _ of answer) answered++
    const answering = count()
    expect(answered).toBe(20)
    expect(answering.submits).toBeLessThan(20)
    expect(reading.buffersCreated + answering.buffersCreated).toBe(0)
    expect(gpu.memory.live()).toEqual(bytes)
  })

  test('telling log-probabilities takes a dispatch and a few bytes a token, and no buffer', async () => {
    const engine = await open({})
    const tail = await read(engine, text)
    const cost = async (logProbs?: LogProbs) => {
      const count = countCalls(gpu.device)
      const options = { maxTokens: 6, sampling: greedy, signal: undefined, logProbs }
      for await (const _ of decode(engine, tail, options));
      return count()
    }
    const plain = await cost()
    const tokenizer = openTokenizer(byteBpe)
    const told = await cost(await openLogProbs(engine, tokenizer, 4))
    expect(told.dispatches - plain.dispatches).toBe(6)
    expect(told.bytesReadBack - plain.bytesReadBack).toBe(6 * 5 * 8)
    expect(told.buffersCreated).toBe(0)
  })
})
