// How an answer ends and how its tokens are sampled, through the module.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { tokenLogProbs } from '../../reference/token_log_probs.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import type { AnswerOptions, ChosenToken } from '../api/answer.ts'
import type { LongDocument } from '../api/document.ts'
import type { Model } from '../api/model.ts'
import { load } from '../index.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

let model: Model
let document: LongDocument

beforeAll(async () => {
  const suggestion = { do_sample: true, temperature: 1.3, top_k: 40, top_p: 0.9 }
  const files = [
    ...modelFiles(randomModel(smallShape, 4), 'F32'),
    new File([JSON.stringify(suggestion)], 'generation_config.json'),
  ]
  model = await load(files, { gpu: sharedGpu, budget: 60, chunk: 40, policy: 'streaming' })
  document = await model.read('The tide turned at dusk. '.repeat(8))
})
afterAll(() => model.close())

const question = 'What turned?'

test('the pieces streamed are the text of the summary, of no more than the tokens asked for', async () => {
  const answer = document.ask(question, { maxTokens: 12 })
  let pieces = ''
  for await (const piece of answer) pieces += piece
  const { text, ids, finish } = await answer.summary
  expect(pieces).toBe(text)
  expect(ids.length).toBeLessThanOrEqual(12)
  expect(finish).toBe(ids.length === 12 ? 'length' : 'end')
})

test('a stop text ends the answer and is not part of it', async () => {
  const sampling = { maxTokens: 40, temperature: 1, seed: 5 }
  const whole = (await document.ask(question, sampling).summary).text
  const stop = whole.slice(3, 5)
  const cut = await document.ask(question, { ...sampling, stop: [stop] }).summary
  expect(cut.finish).toBe('stop')
  expect(cut.text).toBe(whole.slice(0, whole.indexOf(stop)))
})

test('an answer goes on from its prefix, which is not part of it', async () => {
  const whole = await document.ask(question, { maxTokens: 6 }).summary
  const prefix = whole.text.slice(0, 2) // two bytes, one token each
  const { ids, text } = await document.ask(question, { maxTokens: 4, prefix }).summary
  expect(ids).toEqual(whole.ids.slice(2))
  expect(text).toBe(whole.text.slice(2))
})

test('the same seed draws the same tokens, another seed others', async () => {
  const draw = async (seed: number) =>
    (await document.ask(question, { maxTokens: 16, temperature: 1.2, topK: 50, seed }).summary).ids
  const first = await draw(1)
  expect(await draw(1)).toEqual(first)
  expect(await draw(2)).not.toEqual(first)
})

test('each token is told with its log-probability and the likeliest, and the answer is the same', async () => {
  for (const sampling of [{ maxTokens: 6 }, { maxTokens: 6, temperature: 1.2, seed: 3 }]) {
    const plain = await document.ask(question, sampling).summary
    const told: ChosenToken[] = []
    const onToken = (token: ChosenToken) => void told.push(token)
    const asked = document.ask(question, {
      ...sampling,
      logProbs: 3,
      onToken,
      keepFirstLogits: true,
    })
    const { ids, logProbs = [], firstLogits = new Float32Array() } = await asked.summary
    expect(ids).toEqual(plain.ids)
    expect(plain.logProbs).toBeUndefined()
    expect(told).toEqual(logProbs)
    expect(logProbs.map(({ id }) => id)).toEqual(ids)
    const expected = tokenLogProbs(firstLogits, ids[0]!, 3)
    const first = logProbs.slice(0, 1).flatMap(({ likeliest, ...chosen }) => [chosen, ...likeliest])
    expect(first.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
    for (const [i, { logProb }] of expected.entries())
      expect(first[i]?.logProb).toBeCloseTo(logProb, 3)
  }
  const refused = document.ask(question, { logProbs: 21 }).summary
  await expect(refused).rejects.toThrow('logProbs must be a whole number from 0 to 20, not 21')
})

test('a signal ends the answer early, and the next one is whole', async () => {
  const options = { maxTokens: 20, temperature: 1, seed: 5 }
  const whole = (await document.ask(question, options).summary).ids
  const controller = new AbortController()
  const answer = document.ask(question, { ...options, maxTokens: 400, signal: controller.signal })
  for await (const _ of answer) controller.abort()
  expect((await answer.summary).finish).toBe('aborted')
  expect((await document.ask(question, options).summary).ids).toEqual(whole)
})

test('an answer that is held to a schema is what it describes, and frees what held it', async () => {
  const properties = {
    found: { type: 'boolean' },
    tides: { type: 'array', items: { enum: ['high', 'low'] }, maxItems: 3 },
    number: { type: 'integer' },
  }
  const json = { type: 'object', properties, required: ['found', 'tides', 'number'] }
  const before = await document.memory()
  for (const temperature of [0, 1, 2]) {
    const held = { maxTokens: 160, temperature, seed: temperature, json }
    const { text, finish } = await document.ask(question, held).summary
    expect(finish).toBe('end')
    expect(JSON.parse(text)).toEqual({
      found: expect.any(Boolean) as boolean,
      tides: expect.any(Array) as string[],
      number: expect.any(Number) as number,
    })
  }
  const begun = { maxTokens: 160, prefix: '{"found": true', json }
  const { text } = await document.ask(question, begun).summary
  expect(JSON.parse(begun.prefix + text)).toMatchObject({ found: true })
  const left = document.ask(question, { ...begun, logProbs: 2 })
  for await (const _ of left) break
  expect((await left.summary).finish).toBe('aborted')
  const { scratch, cache } = await document.memory()
  expect({ scratch, cache }).toEqual({ scratch: before.scratch, cache: before.cache })
  const refused = document.ask(question, { json: { type: 'string', pattern: 'x' } }).summary
  await expect(refused).rejects.toMatchObject({ code: 'bad-setting' })
})

test('earlier turns stand before the question, as the chat form has them', async () => {
  const history = [{ question: 'What turned?', answer: 'The tide.' }]
  const asked = await document.ask('When?', { maxTokens: 8, history }).summary
  const written = 'What turned?\n[assistant] The tide.\n[user] When?'
  expect(asked.ids).toEqual((await document.ask(written, { maxTokens: 8 }).summary).ids)
  expect(asked.ids).not.toEqual((await document.ask('When?', { maxTokens: 8 }).summary).ids)
})

test('instructions stand before the question', async () => {
  const asked = await document.ask('When?', { maxTokens: 8, instructions: 'Be brief.' }).summary
  expect(asked.ids).toEqual(
    (await document.ask('Be brief.\n\nWhen?', { maxTokens: 8 }).summary).ids,
  )
  expect(asked.ids).not.toEqual((await document.ask('When?', { maxTokens: 8 }).summary).ids)
})

test('of many earlier turns the latest that fit stand before the question', async () => {
  const history = Array.from({ length: 20 }, (_, i) => ({ question: `${i}?`, answer: 'No.' }))
  const asked = await document.ask('When?', { maxTokens: 4, history }).summary
  const { remembered } = asked
  expect(remembered).toBeGreaterThan(0)
  expect(remembered).toBeLessThan(20)
  expect(asked.overflow).toBe(0)
  const latest = history.slice(-remembered)
  const same = await document.ask('When?', { maxTokens: 4, history: latest }).summary
  expect(same).toMatchObject({ ids: asked.ids, remembered })
})

test('tokens are drawn as the makers suggest where that is asked for, and what is set goes before', async () => {
  const ids = async (options: AnswerOptions) =>
    (await document.ask(question, { maxTokens: 12, seed: 7, ...options }).summary).ids
  expect(model.suggestedSampling).toEqual({ temperature: 1.3, topK: 40, topP: 0.9 })
  const suggested = await ids({ sampling: 'model' })
  expect(suggested).toEqual(await ids({ temperature: 1.3, topK: 40, topP: 0.9 }))
  expect(suggested).not.toEqual(await ids({}))
  expect(await ids({ sampling: 'model', temperature: 0 })).toEqual(await ids({}))
})

test('a question that does not fit behind the document is told of', async () => {
  const fits = await document.ask(question, { maxTokens: 2 }).summary
  expect(fits.overflow).toBe(0)
  const long = await document.ask('And then what? '.repeat(30), { maxTokens: 2 }).summary
  expect(long.overflow).toBeGreaterThan(0)
  const longer = await document.ask('And then what? '.repeat(31), { maxTokens: 2 }).summary
  const [more, bytes] = [longer.overflow - long.overflow, 'And then what? '.length]
  expect(more).toBe(bytes) // one token per byte
  expect(longer.questionTokens - long.questionTokens).toBe(bytes)
})

test('an empty question and settings that cannot be are refused in words', async () => {
  await expect(document.ask('  ').summary).rejects.toThrow(/question is empty/)
  await expect(document.ask(question, { maxTokens: 0 }).summary).rejects.toThrow(/max tokens/)
  await expect(document.ask(question, { topP: 0 }).summary).rejects.toThrow(/top-p/)
})

test('a text that is held out whole was not read, and has no speed', async () => {
  const text = 'The tide. '
  expect(model.settings.local).toBeGreaterThan(text.length) // one token per byte
  const speeds: number[] = []
  const held = await model.read(text, {
    form: 'plain',
    onProgress: ({ phase, perSecond }) => {
      if (phase === 'read') speeds.push(perSecond)
    },
  })
  expect(held.prefilled).toBe(0)
  expect(speeds.at(-1)).toBe(0)
  const { ids } = await held.complete({ maxTokens: 2 }).summary
  expect(ids.length).toBeGreaterThan(0)
})

test('an empty document is refused', async () => {
  await expect(model.read(' \n ')).rejects.toThrow(/document is empty/)
  document = await model.read('The tide turned at dusk. '.repeat(8))
})
