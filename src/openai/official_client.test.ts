// The official client in front of a pretended model: what it sends is understood, what it gets is of its own types.
import OpenAI, { APIError, BadRequestError, NotFoundError, toFile } from 'openai'
import { expect, expectTypeOf, test, vi } from 'vitest'
import { openAI, type ChatCompletion, type ChatCompletionChunk, type FileObject } from './index.ts'
import { pretendedModel } from './model.fixture.ts'

const log = 'Log of the Irene. The pass key is 09090.'
const question = 'What is the pass key?'

function clientOf(pretended = pretendedModel()) {
  const shape = openAI(pretended.model)
  const client = new OpenAI({
    fetch: shape.fetch,
    apiKey: 'none',
    baseURL: 'http://longtab.invalid/v1',
  })
  return { ...pretended, client }
}

const asked = (document: string): OpenAI.ChatCompletionCreateParamsNonStreaming => {
  const file_data = `data:text/plain;base64,${btoa(document)}`
  const file = { type: 'file', file: { file_data, filename: 'log.txt' } } as const
  const content = [file, { type: 'text', text: question } as const]
  return { model: 'longtab', messages: [{ role: 'user', content }] }
}

test('our objects are of the official types', () => {
  expectTypeOf<ChatCompletion>().toExtend<OpenAI.ChatCompletion>()
  expectTypeOf<ChatCompletionChunk>().toExtend<OpenAI.ChatCompletionChunk>()
  expectTypeOf<FileObject>().toExtend<OpenAI.FileObject>()
})

test('it asks about a document in a message and goes on from the answer it got', async () => {
  const { client, read } = clientOf()
  const first = await client.chat.completions.create(asked(log))
  expect(first.choices[0]?.message.content).toBe(`You asked: ${question}`)
  expect((first as ChatCompletion).longtab.finish).toBe('end')
  const messages = [...asked(log).messages, first.choices[0]!.message]
  const next = await client.chat.completions.create({
    model: 'longtab',
    messages: [...messages, { role: 'user', content: 'Why?' }],
  })
  expect(next.usage?.prompt_tokens_details?.cached_tokens).toBe(9)
  expect(read).toEqual([log])
})

test('it streams, and its helper gathers the answer and its usage', async () => {
  const { client } = clientOf()
  const stream = client.chat.completions.stream({
    ...asked(log),
    stream: true,
    stream_options: { include_usage: true },
  })
  const pieces: string[] = []
  stream.on('content', (piece) => pieces.push(piece))
  const { choices, usage } = await stream.finalChatCompletion()
  expect(pieces.filter((piece) => piece !== '')).toEqual(['You asked: ', question])
  expect(choices[0]).toMatchObject({
    message: { content: `You asked: ${question}` },
    finish_reason: 'stop',
  })
  expect(usage?.total_tokens).toBe(17)
})

test('it is told how likely each token was, whole and in parts', async () => {
  const { client } = clientOf()
  const request = { ...asked(log), logprobs: true, top_logprobs: 1 }
  const { choices } = await client.chat.completions.create(request)
  const content = choices[0]?.logprobs?.content ?? []
  expect(content.map(({ token }) => token)).toEqual(['You asked: ', question, ''])
  const bytes = [...new TextEncoder().encode(question)]
  const token = { token: question, bytes, logprob: -0.5 }
  expect(content[1]).toEqual({ ...token, top_logprobs: [token] })
  const parts = await client.chat.completions.create({ ...request, stream: true })
  const told: string[] = []
  for await (const { choices: part } of parts)
    told.push(...(part[0]?.logprobs?.content?.map((one) => one.token) ?? []))
  expect(told).toEqual(content.map((one) => one.token))
})

test('a stream that it leaves ends the answer', async () => {
  const { client, hold, asked: answers } = clientOf()
  hold()
  const stream = await client.chat.completions.create({ ...asked(log), stream: true })
  for await (const { choices } of stream) if (choices[0]?.delta.content) break
  await vi.waitFor(() => expect(answers[0]?.signal?.aborted).toBe(true))
})

test('a signal that it is given ends the request', async () => {
  const { client, hold, asked: answers } = clientOf()
  hold()
  const controller = new AbortController()
  const { signal } = controller
  const request = client.chat.completions.create(asked(log), { signal })
  const ended = expect(request).rejects.toThrow(OpenAI.APIUserAbortError)
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  controller.abort()
  await ended
  expect(answers[0]?.signal?.aborted).toBe(true)
})

test('it uploads, lists, fetches and deletes a file, and asks about it by its id', async () => {
  const { client, read } = clientOf()
  const file = await toFile(Buffer.from(log), 'log.txt')
  const { id } = await client.files.create({ file, purpose: 'user_data' })
  expect((await client.files.list()).data).toMatchObject([{ id, filename: 'log.txt', bytes: 40 }])
  expect(await (await client.files.content(id)).text()).toBe(log)
  const content = [
    { type: 'file', file: { file_id: id } } as const,
    { type: 'text', text: question } as const,
  ]
  await client.chat.completions.create({
    model: 'longtab',
    messages: [{ role: 'user', content }],
  })
  expect(read).toEqual([log])
  expect(await client.files.delete(id)).toMatchObject({ id, deleted: true })
  await expect(client.files.retrieve(id)).rejects.toThrow(NotFoundError)
})

test('it lists the model that answers', async () => {
  const { client } = clientOf()
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['longtab'])
  expect(await client.models.retrieve('longtab')).toMatchObject({ id: 'longtab', object: 'model' })
  await expect(client.models.retrieve('gpt-4o')).rejects.toThrow(NotFoundError)
})

test('an error has our code, its parameter and our sentence, and is not tried again', async () => {
  const { client, read } = clientOf()
  const refused = await client.chat.completions
    .create({ ...asked(log), logit_bias: { 5: 2 } })
    .catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(BadRequestError)
  expect(refused).toMatchObject({
    status: 400,
    code: 'bad-setting',
    param: 'logit_bias',
    type: 'invalid_request_error',
  })
  expect((refused as APIError).message).toContain('logit_bias is not supported')
  expect(read).toEqual([])
})

test('an error in a stream arrives as one', async () => {
  const { client } = clientOf()
  const stream = await client.chat.completions.create({ ...asked(' '), stream: true })
  const all = async () => {
    for await (const _ of stream);
  }
  await expect(all()).rejects.toMatchObject({ code: 'bad-input' })
})

test('what is not there, and a method that is not taken, say what is', async () => {
  const { fetch } = openAI(pretendedModel().model)
  const call = async (path: string, method = 'GET') => {
    const response = await fetch(`http://longtab.invalid${path}`, { method })
    const { error } = (await response.json()) as { error: { message: string } }
    return [response.status, error.message]
  }
  expect(await call('/v1/embeddings', 'POST')).toEqual([
    404,
    expect.stringContaining('there is nothing at /v1/embeddings; there are /v1/chat/completions'),
  ])
  expect(await call('/v1/chat/completions')).toEqual([
    405,
    '/v1/chat/completions takes POST, not GET',
  ])
  expect(await call('/v1/chat/completions', 'POST')).toEqual([
    400,
    'the request is no object in JSON; send model and messages',
  ])
  expect(await call('/v1/files', 'POST')).toEqual([400, expect.stringContaining('file is missing')])
})

test('while a document is read, comments in the stream say how far', async () => {
  const { fetch } = openAI(pretendedModel().model)
  const body = JSON.stringify({ ...asked(log), stream: true })
  const response = await fetch('http://longtab.invalid/v1/chat/completions', {
    method: 'POST',
    body,
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const events = (await response.text()).trim().split('\n\n')
  expect(events.find((event) => event.startsWith(':'))).toBe(': read 9 of 9')
  expect(events.at(-1)).toBe('data: [DONE]')
})
