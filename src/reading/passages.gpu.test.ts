// The built-in model, asked about what a fixed budget dropped: passages are found by the question's words and read again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { load } from '../index.ts'
import type { LongDocument } from '../api/document.ts'
import type { Model } from '../api/model.ts'
import { sampleDocument } from '../tasks/sample.ts'
import { begunReply } from '../testing/begun_reply.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

const { text, questions } = sampleDocument(600)
const room = { budget: 300, chunk: 300, policy: 'streaming' } as const

/** About facts near the beginning of the text, which the newest units do not hold. */
const early = questions.slice(0, 2).map((asked) => ({ ...asked, begun: begunReply(asked) }))

let model: Model
let document: LongDocument

beforeAll(async () => {
  model = await load('/models/default/', { gpu: sharedGpu, ...room, recall: 'passages' })
  document = await model.read(text)
}, 300_000)
afterAll(() => model.close())

test('right answers about what was dropped, the first source states each, in the same bytes on the GPU', async () => {
  const before = await document.memory()
  const held = await document.retainedIndices()
  for (const { question, answer, begun } of early) {
    const asked = await document.ask(question, begun).summary
    expect(asked.text).toContain(answer)
    expect(asked.reread).toHaveLength(2)
    const [first] = asked.sources
    expect(first?.text).toContain(answer)
    const { firstChar = 0, length = 0 } = first ?? {}
    expect(text.slice(firstChar, firstChar + length)).toBe(first?.text)
    expect(asked.reread).toContainEqual(first)
  }
  expect(await document.memory()).toEqual(before)
  expect(await document.retainedIndices(), 'the document is there again').toEqual(held)
}, 300_000)

test('without recall nothing is kept outside the GPU, and no source is named', async () => {
  const other = await load('/models/default/', { gpu: sharedGpu, ...room })
  const read = await other.read(text.slice(0, 400))
  const { sources, reread } = await read.ask('Summarise it.', { maxTokens: 2 }).summary
  expect({ sources, reread, bytes: read.hostBytes }).toEqual({ sources: [], reread: [], bytes: 0 })
  expect(document.hostBytes).toBeGreaterThan(0)
  await other.close()
}, 120_000)

test('what the document does not speak of is not answered, unless it is asked for', async () => {
  const question = 'What did Quetzalcoatl tell Xanthippe about the volcano?'
  const { finish, text: given, ids, sources } = await document.ask(question).summary
  expect({ finish, given, ids, sources }).toEqual({
    finish: 'absent',
    given: '',
    ids: [],
    sources: [],
  })
  const anyway = await document.ask(question, { maxTokens: 4, evenIfAbsent: true }).summary
  expect(anyway.finish).not.toBe('absent')
  expect(anyway.reread).toEqual([])
}, 120_000)

test('a question about the whole is answered from what was kept', async () => {
  const { finish, reread } = await document.ask('Summarise the document.', { maxTokens: 4 }).summary
  expect(finish).not.toBe('absent')
  expect(reread).toEqual([])
}, 120_000)

test('an answer that is stopped leaves the document as it was', async () => {
  const held = await document.retainedIndices()
  const controller = new AbortController()
  const { question } = early[0]!
  const answer = document.ask(question, { signal: controller.signal })
  controller.abort()
  await answer.summary.catch(() => undefined)
  expect(await document.retainedIndices()).toEqual(held)
}, 120_000)

test('a survey that is stopped leaves the document as it was, to the bit', async () => {
  const phrase = 'Two men quarrelled over molasses.'
  const before = await document.memory()
  const held = await document.retainedIndices()
  const { logProbs } = await document.likelihood(phrase)
  const { pieces } = await document.surveyCost()
  expect(pieces).toBeGreaterThan(1)
  const stopper = new AbortController()
  const options = { onPart: () => stopper.abort(), signal: stopper.signal }
  const { parts, finish } = await document.survey('Who was paid?', options).summary
  expect({ finish, read: parts.length }).toEqual({ finish: 'aborted', read: 1 })
  const { firstChar = 0, length = 0, text: piece } = parts[0]?.passage ?? {}
  expect(piece).toBe(text.slice(firstChar, firstChar + length))
  expect(await document.memory()).toEqual(before)
  expect(await document.retainedIndices(), 'the document is there again').toEqual(held)
  expect((await document.likelihood(phrase)).logProbs).toEqual(logProbs)
}, 300_000)

test('an answer is checked against its passages where that is asked for, and gets no source where it is doubtful', async () => {
  const { question, answer, begun } = early[0]!
  const usual = await document.ask(question, begun).summary
  expect(usual).not.toHaveProperty('odds')
  expect(usual.doubtful).toBe(false)
  const strict = { gpu: sharedGpu, ...room, recall: 'passages', doubtBelow: 100 } as const
  const other = await load('/models/default/', strict)
  const read = await other.read(text.slice(0, text.length / 2))
  const before = await read.memory()
  const held = await read.retainedIndices()
  const asked = await read.ask(question, begun).summary
  expect(asked.text, 'the check comes after the answer').toBe(usual.text)
  expect(asked.text).toContain(answer)
  expect(asked.odds).toBeLessThan(100)
  expect({ doubtful: asked.doubtful, sources: asked.sources }).toEqual({
    doubtful: true,
    sources: [],
  })
  const whole = await read.ask('Summarise the document.', { maxTokens: 4 }).summary
  expect(whole, 'given from no passage').not.toHaveProperty('odds')
  expect(whole.doubtful).toBe(false)
  expect(await read.memory()).toEqual(before)
  expect(await read.retainedIndices(), 'the document is there again').toEqual(held)
  await other.close()
}, 300_000)

test('a document that is skimmed is answered from passages, and was seen by no unit', async () => {
  const skimmed = await model.read(text, { skim: true })
  expect(Math.max(...(await skimmed.retained()))).toBe(0)
  expect(skimmed.prefilled, 'nothing ran through the model').toBe(0)
  await expect(skimmed.likelihood('And so on.')).rejects.toThrow(/without skim/)
  const { question, answer, begun } = early[1]!
  const asked = await skimmed.ask(question, begun).summary
  expect(asked.text).toContain(answer)
  expect(asked.sources[0]?.text).toContain(answer)
  const whole = await skimmed.ask('Summarise the document.', { maxTokens: 2 }).summary
  expect(whole.reread.map(({ firstChar }) => firstChar)[0]).toBe(0)
  expect(whole.reread.at(-1)?.firstChar).toBeGreaterThan(text.length / 3)
}, 120_000)

test('skimming is refused where nothing could be answered from it', async () => {
  await expect(model.read(text, { skim: true, form: 'plain' })).rejects.toMatchObject({
    code: 'bad-setting',
  })
  const other = await load('/models/default/', { gpu: sharedGpu, ...room })
  await expect(other.read(text, { skim: true })).rejects.toThrow(/choose recall passages/)
  const read = await other.read(text.slice(0, 100))
  await expect(read.surveyCost()).rejects.toThrow(/load the model with recall passages/)
  await other.close()
}, 120_000)
