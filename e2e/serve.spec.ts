// The server as a person runs it, with the official client before it: a document by its id, an answer in parts, an end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import OpenAI, { toFile } from 'openai'
import { expect } from 'playwright/test'
import { root } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

test.setTimeout(240_000) // it starts a browser and compiles every shader in software

test('serves a model to the official client until Ctrl-C', async ({ tinyFolder }) => {
  const small = ['--budget', '96', '--chunk', '64', '--stabilizers', '16', '--local', '8']
  const args = ['serve', tinyFolder, '--adapter', 'software', '--port', '0', '--json', ...small]
  const server = spawn(process.execPath, ['cli/run.mjs', ...args], { cwd: root })
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (piece: string) => (log += piece))
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string]
  const [, baseURL = ''] =
    /^Longtab answers as tiny at (http:\/\/127\.0\.0\.1:\d+\/v1) /.exec(line) ?? []
  const client = new OpenAI({ apiKey: 'none', baseURL })

  const text = 'The ferry leaves at noon, and nobody has ever seen it come back. '.repeat(5).trim()
  const file = await toFile(Buffer.from(text), 'ferry.txt')
  const { id } = await client.files.create({ file, purpose: 'user_data' })
  expect(await (await client.files.content(id)).text()).toBe(text)
  const asked = {
    model: 'tiny',
    document_id: id,
    messages: [{ role: 'user', content: 'Where?' }],
    max_completion_tokens: 6,
  } satisfies OpenAI.ChatCompletionCreateParamsNonStreaming & { document_id: string }
  const whole = await client.chat.completions.create(asked)
  expect(whole.choices[0]?.finish_reason).toBe('length')
  const stream = await client.chat.completions.create({
    ...asked,
    stream: true,
    stream_options: { include_usage: true },
  })
  let answer = ''
  let usage: OpenAI.CompletionUsage | null | undefined
  for await (const chunk of stream) {
    answer += chunk.choices[0]?.delta.content ?? ''
    usage = chunk.usage
  }
  expect(answer).toBe(whole.choices[0]?.message.content)
  expect(usage).toMatchObject({
    completion_tokens: 6,
    prompt_tokens_details: { cached_tokens: text.length + 1 }, // one per byte, and the space of the template
  })
  const schema = { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] }
  const form = { type: 'json_schema', json_schema: { name: 'a', schema } } as const
  const inJson = { ...asked, max_completion_tokens: 60, response_format: form }
  const { choices } = await client.chat.completions.create(inJson)
  expect(choices[0]?.message.content).toMatch(/^\s?{\s*"a"\s?:\s*(true|false)\s*}$/)
  const left = await client.chat.completions.create({
    ...asked,
    max_completion_tokens: 80,
    stream: true,
  })
  for await (const _ of left) break
  await expect.poll(() => log).toContain('"isWhole":false')

  server.kill('SIGINT')
  expect(await once(server, 'close')).toEqual([130, null])
  await expect(client.models.list({ maxRetries: 0 })).rejects.toThrow('Connection error')
})
