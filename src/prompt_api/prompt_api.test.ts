// Sessions over a pretended model, which reads words as tokens and answers with what it was asked.
import { expect, it, vi } from 'vitest'
import { LongtabError } from '../index.ts'
import { pretendedModel, type PretendedModel } from '../openai/model.fixture.ts'
import { promptApi, type OpenModel } from './index.ts'

const book = 'It was a dark night.'

async function session(pretended: PretendedModel = pretendedModel()) {
  const LanguageModel = promptApi(async () => pretended.model)
  return { ...pretended, LanguageModel, made: await LanguageModel.create() }
}

const user = (content: string) => [{ role: 'user' as const, content }]

it('answers a prompt about what was appended, which is read once', async () => {
  const { made, read, asked } = await session()
  await made.append(user(book))
  expect(await made.prompt('Which night?')).toBe('You asked: Which night?')
  await made.prompt('And then?')
  expect(read).toEqual([book])
  expect(asked.map(({ question }) => question)).toEqual(['Which night?', 'And then?'])
  expect(asked[1]?.history).toEqual([
    { question: 'Which night?', answer: 'You asked: Which night?' },
  ])
})

it('streams an answer', async () => {
  const { made } = await session()
  const pieces = []
  for await (const piece of made.promptStreaming('Why?')) pieces.push(piece)
  expect(pieces).toEqual(['You asked: ', 'Why?'])
})

it('loads the model once, at the first session, and tells how far it is', async () => {
  const { model } = pretendedModel()
  const open = vi.fn<OpenModel>(async ({ onProgress }) => {
    onProgress?.({ phase: 'download', done: 1, total: 4, perSecond: 1, gpuBytes: 0 })
    return model
  })
  const LanguageModel = promptApi(open)
  vi.stubGlobal('navigator', { gpu: {} })
  expect(await LanguageModel.availability()).toBe('downloadable')
  const told: number[] = []
  const monitor = (target: EventTarget) =>
    target.addEventListener('downloadprogress', (event) =>
      told.push((event as unknown as { loaded: number }).loaded),
    )
  await Promise.all([LanguageModel.create({ monitor }), LanguageModel.create()])
  expect(open).toHaveBeenCalledTimes(1)
  expect(told).toEqual([0.25])
  expect(await LanguageModel.availability()).toBe('available')
  vi.unstubAllGlobals()
})

it('loads again after a loading that failed, whose error is the cause', async () => {
  const { model } = pretendedModel()
  const cut = new LongtabError('network', 'the download was cut')
  const open = vi.fn().mockRejectedValueOnce(cut).mockResolvedValue(model)
  const LanguageModel = promptApi(open)
  const failed = LanguageModel.create()
  await expect(failed).rejects.toMatchObject({ name: 'OperationError', cause: cut })
  await expect(LanguageModel.create()).resolves.toBeDefined()
})

it('begins with what was said before, instructions among it', async () => {
  const { LanguageModel, asked } = await session()
  const made = await LanguageModel.create({
    initialPrompts: [
      { role: 'system', content: 'Answer in emojis.' },
      { role: 'user', content: 'Well done!' },
      { role: 'assistant', content: '👍' },
    ],
  })
  expect(made.contextUsage).toBe(6)
  await made.prompt('Back to the start')
  expect(asked[0]).toMatchObject({
    history: [{ question: 'Well done!', answer: '👍' }],
    question: 'Back to the start',
  })
})

it('counts what was said, and takes texts of any length', async () => {
  const { made } = await session()
  await made.append(user(book))
  expect([made.contextUsage, made.contextWindow]).toEqual([5, Infinity])
  expect(await made.measureContextUsage('one two three')).toBe(3)
  await made.prompt('Why?')
  expect(made.contextUsage).toBe(5 + 5 + 3) // document, question, answer
})

it('tells when earlier turns no longer fit', async () => {
  const { made } = await session(pretendedModel({ remembered: 0 }))
  const heard = vi.fn()
  made.oncontextoverflow = heard
  await made.prompt('First?')
  expect(heard).not.toHaveBeenCalled()
  await made.prompt('Second?')
  expect(heard).toHaveBeenCalledTimes(1)
})

it('answers prompts in their order, each with the answers before it', async () => {
  const { made, asked } = await session()
  await Promise.all([made.prompt('First?'), made.prompt('Second?')])
  expect(asked[1]).toMatchObject({ question: 'Second?', history: [{ question: 'First?' }] })
})

it('forgets a prompt that was aborted, and goes on', async () => {
  const { made, asked, hold, goOn } = await session()
  hold()
  const controller = new AbortController()
  const left = made.prompt('Left?', { signal: controller.signal })
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  controller.abort(new Error('no more'))
  await expect(left).rejects.toThrow('no more')
  goOn()
  await made.prompt('Kept?')
  expect(asked[1]?.history).toEqual([])
})

it('ends a stream that is cancelled', async () => {
  const { made, asked, hold, goOn } = await session()
  hold()
  const reader = made.promptStreaming('Left?').getReader()
  expect((await reader.read()).value).toBe('You asked: ')
  await reader.cancel()
  goOn()
  await made.prompt('Kept?')
  expect(asked[1]?.history).toEqual([])
})

it('goes on by itself after it was cloned', async () => {
  const { made, asked } = await session()
  await made.prompt('First?')
  const other = await made.clone()
  await made.prompt('Here?')
  await other.prompt('There?')
  expect(asked[2]).toMatchObject({ question: 'There?', history: [{ question: 'First?' }] })
})

it('ends what it answers when it is destroyed, and answers no more', async () => {
  const { made, asked, hold, LanguageModel, goOn } = await session()
  hold()
  const left = made.prompt('Left?')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  made.destroy()
  await expect(left).rejects.toMatchObject({ name: 'AbortError' })
  await expect(made.prompt('More?')).rejects.toMatchObject({ name: 'InvalidStateError' })
  goOn()
  const other = await LanguageModel.create()
  await expect(other.prompt('Here?')).resolves.toBe('You asked: Here?')
})

it.each([
  ['pictures', { expectedInputs: [{ type: 'image' }] }],
  ['tools', { tools: [{ name: 'clock' }] }],
])('refuses a session with %s', async (_, options) => {
  const { LanguageModel } = await session()
  expect(await LanguageModel.availability(options)).toBe('unavailable')
  await expect(LanguageModel.create(options)).rejects.toMatchObject({ name: 'NotSupportedError' })
})

it.each([
  ['a picture', [{ role: 'user', content: [{ type: 'image', value: '' }] }], 'NotSupportedError'],
  ['instructions', [{ role: 'system', content: 'Be brief.' }], 'NotSupportedError'],
  ['a beginning', [{ role: 'assistant', content: 'So', prefix: true }], 'NotSupportedError'],
  ['an unknown role', [{ role: 'tool', content: '' }], 'TypeError'],
])('refuses a prompt with %s', async (_, input, name) => {
  const { made } = await session()
  await expect(made.prompt(input as never)).rejects.toMatchObject({ name })
})
