// Completions of a pretended model: what is read, what is asked, what is answered, in which order.
import { expect, test, vi } from 'vitest'
import { openAI } from './index.ts'
import { pretendedModel } from './model.fixture.ts'
import type { ChatCompletionChunk, ChatMessage } from './index.ts'

const log = 'Log of the Irene. The pass key is 09090.'
const question = 'What is the pass key?'
const file = (text: string, filename = 'log.txt') =>
  ({ type: 'file', file: { file_data: new Blob([text]), filename } }) as const
const text = (text: string) => ({ type: 'text', text }) as const
const about = (document: string, asked = question): ChatMessage => ({
  role: 'user',
  content: [file(document), text(asked)],
})
const ask = (...messages: ChatMessage[]) => ({ model: 'longtab', messages })

async function all(chunks: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletionChunk[]> {
  const found = []
  for await (const chunk of chunks) found.push(chunk)
  return found
}

test('a document in a message is read, and the question asked of it', async () => {
  const passage = {
    firstChar: 18,
    length: 22,
    firstToken: 4,
    tokens: 5,
    text: 'The pass key is 09090.',
  }
  const { model, read, asked } = pretendedModel({ sources: [passage] })
  const { chat } = openAI(model)
  const completion = await chat.completions.create({ ...ask(about(log)), max_tokens: 9, stop: 'x' })
  expect(read).toEqual([log])
  expect(asked).toMatchObject([{ question, maxTokens: 9, stop: ['x'], history: [], think: false }])
  expect(completion).toMatchObject({
    object: 'chat.completion',
    model: 'longtab',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: `You asked: ${question}`, refusal: null },
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 9 + 5,
      completion_tokens: 3,
      total_tokens: 17,
      prompt_tokens_details: { cached_tokens: 0 },
    },
    longtab: { finish: 'end', sources: [passage], doubtful: false },
  })
})

test('a follow-up about the same content reads nothing again, and is asked behind the earlier turns', async () => {
  const { model, read, asked } = pretendedModel()
  const { chat } = openAI(model)
  const first = await chat.completions.create(ask(about(log)))
  const { message } = first.choices[0]!
  const next = await chat.completions.create(
    ask(about(log), message, { role: 'user', content: 'And the lock?' }),
  )
  expect(read).toEqual([log])
  expect(asked[1]).toMatchObject({
    question: 'And the lock?',
    history: [{ question, answer: message.content }],
  })
  expect(next.usage.prompt_tokens_details.cached_tokens).toBe(9)
  await chat.completions.create(ask(about(`${log} All well.`)))
  await chat.completions.create(ask(about(log)))
  expect(read, 'the model holds one document at a time').toHaveLength(3)
})

test('an uploaded file is named by document_id or in a message, and gone once it is deleted', async () => {
  const { model, read } = pretendedModel()
  const { chat, files } = openAI(model)
  const { id, bytes } = await files.create({ file: new File([log], 'log.txt') })
  expect(bytes).toBe(log.length)
  const asked = ask({ role: 'user', content: question })
  await chat.completions.create({ ...asked, document_id: id })
  const part = { type: 'file', file: { file_id: id } } as const
  await chat.completions.create(ask({ role: 'user', content: [part, text(question)] }))
  expect(read).toEqual([log])
  expect(await files.delete(id)).toMatchObject({ deleted: true })
  await expect(chat.completions.create({ ...asked, document_id: id })).rejects.toMatchObject({
    code: 'bad-input',
    message: `there is no file ${id}; upload it first`,
    param: 'document_id',
  })
})

test('texts before the last of a message are documents; several are read as one, and a source says which', async () => {
  const { model, read } = pretendedModel({
    sources: [{ firstChar: 75, length: 8, firstToken: 0, tokens: 2, text: 'All well' }],
  })
  const { chat } = openAI(model)
  const content = [file(log), text('All well. Nothing else.'), text(question)]
  const { longtab } = await chat.completions.create(ask({ role: 'user', content }))
  expect(read).toEqual([`# log.txt\n\n${log}\n\n# Document 2\n\nAll well. Nothing else.`])
  expect(longtab.sources[0]?.place).toEqual({ kind: 'document', value: 'Document 2' })
})

test('a system message stands before the question', async () => {
  const { model, asked } = pretendedModel()
  const system = { role: 'system', content: 'Be brief.' } as const
  await openAI(model).chat.completions.create(ask(system, about(log)))
  expect(asked[0]).toMatchObject({ instructions: 'Be brief.', question })
})

test('without a document the instructions are read, and nothing can be absent from them', async () => {
  const { model, read, asked } = pretendedModel()
  const { chat } = openAI(model, { reading: { skim: true } })
  await chat.completions.create(ask({ role: 'user', content: 'Hello' }))
  await chat.completions.create(
    ask({ role: 'developer', content: 'Sing.' }, { role: 'user', content: 'Hello' }),
  )
  expect(read).toEqual(['You are a helpful assistant.', 'Sing.'])
  expect(asked[1]).toMatchObject({ question: 'Hello', instructions: '', evenIfAbsent: true })
})

test('a first message longer than the budget is read up to its last empty line', async () => {
  const { model, read, asked } = pretendedModel()
  const { chat } = openAI(model)
  const long = 'word '.repeat(30).trim()
  const first = { role: 'user', content: `${long}\n\n${long}\n\n${question}` } as const
  await chat.completions.create(ask(first))
  const answer = { role: 'assistant', content: '09090' } as const
  await chat.completions.create(ask(first, answer, { role: 'user', content: 'Why?' }))
  expect(read).toEqual([`${long}\n\n${long}`])
  expect(asked[0]).toMatchObject({ question })
  expect(asked[1]).toMatchObject({ question: 'Why?', history: [{ question, answer: '09090' }] })
  await expect(chat.completions.create(ask({ role: 'user', content: long }))).rejects.toThrow(
    'the first message has 30 tokens, and a question at most 20',
  )
})

test('an answer streams in chunks of one id, the last of which tells the usage where that is asked for', async () => {
  const { model } = pretendedModel({ finish: 'length' })
  const { chat } = openAI(model)
  const asked = { ...ask(about(log)), stream: true } as const
  const chunks = await all(
    await chat.completions.create({ ...asked, stream_options: { include_usage: true } }),
  )
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
    { role: 'assistant', content: '' },
    { content: 'You asked: ' },
    { content: question },
    {},
    undefined,
  ])
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([
    null,
    null,
    null,
    'length',
    undefined,
  ])
  expect(chunks.map(({ usage }) => usage?.total_tokens)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    17,
  ])
  expect(chunks[3]?.longtab).toMatchObject({ finish: 'length' })
  const bare = await all(await chat.completions.create(asked))
  expect(bare).toHaveLength(4)
  expect(bare.some((chunk) => 'usage' in chunk)).toBe(false)
})

test('what the document does not speak of is refused, whole and in parts', async () => {
  const { model } = pretendedModel({ finish: 'absent', text: '' })
  const { chat } = openAI(model)
  const refusal = 'The document does not speak of what is asked.'
  const { choices } = await chat.completions.create(ask(about(log)))
  expect(choices[0]).toMatchObject({ message: { content: null, refusal }, finish_reason: 'stop' })
  const chunks = await all(await chat.completions.create({ ...ask(about(log)), stream: true }))
  expect(chunks.at(-1)?.choices[0]?.delta).toEqual({ refusal })
})

test('two calls at once run in their order, and one that is aborted while it waits leaves at once', async () => {
  const pretended = pretendedModel()
  const { chat } = openAI(pretended.model)
  pretended.hold()
  const ended: string[] = []
  const call = (asked: string, signal?: AbortSignal) =>
    chat.completions
      .create(ask(about(log, asked)), signal ? { signal } : {})
      .finally(() => ended.push(asked))
  const first = call('one')
  const leaving = new AbortController()
  const second = call('two', leaving.signal)
  const third = call('three')
  leaving.abort()
  await expect(second).rejects.toMatchObject({ code: 'aborted' })
  await vi.waitFor(() => expect(pretended.asked).toHaveLength(1))
  pretended.goOn()
  await Promise.all([first, third])
  expect(ended).toEqual(['two', 'one', 'three'])
  expect(pretended.asked.map(({ question }) => question)).toEqual(['one', 'three'])
})

test.each(['the loop is left', 'the controller aborts', 'the signal fires'])(
  'a stream ends without an error where %s, and the document stays',
  async (how) => {
    const pretended = pretendedModel()
    const { chat } = openAI(pretended.model)
    pretended.hold()
    const firing = new AbortController()
    const stream = await chat.completions.create(
      { ...ask(about(log)), stream: true },
      { signal: firing.signal },
    )
    for await (const { choices } of stream) {
      if (!choices[0]?.delta.content) continue
      if (how === 'the loop is left') break
      if (how === 'the controller aborts') stream.controller.abort()
      else firing.abort()
    }
    await vi.waitFor(() => expect(pretended.asked[0]?.signal?.aborted).toBe(true))
    pretended.goOn()
    await chat.completions.create(ask(about(log)))
    expect(pretended.read).toEqual([log])
  },
)

test('a document that others closed is read again by the next call', async () => {
  const { model, read } = pretendedModel()
  const { chat } = openAI(model)
  await chat.completions.create(ask(about(log)))
  await model.read('another')
  await expect(chat.completions.create(ask(about(log)))).rejects.toMatchObject({
    code: 'bad-input',
  })
  await chat.completions.create(ask(about(log)))
  expect(read).toEqual([log, 'another', log])
})

test('what goes wrong while it reads is thrown by the loop of a stream', async () => {
  const { chat } = openAI(pretendedModel().model)
  const stream = await chat.completions.create({ ...ask(about(' ')), stream: true })
  await expect(all(stream)).rejects.toMatchObject({ code: 'bad-input' })
})
