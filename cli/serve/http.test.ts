// The server before a pretended model: the official client by HTTP, who may ask, and what is said of a request.
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import OpenAI from 'openai'
import { afterEach, expect, test, vi } from 'vitest'
import { pretendedModel } from '../../src/openai/model.fixture.ts'
import { openAI } from '../../src/openai/index.ts'
import { listen, type Listener, type Listening } from './http.ts'
import { answeringBy } from './in_node.ts'
import { createLog } from './log.ts'

const question = 'What is the pass key?'
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }]

let listener: Listener | undefined
afterEach(async () => {
  await listener?.close()
  listener = undefined
})

async function started(differs: Partial<Listening> = {}, asJson = true) {
  const pretended = pretendedModel()
  const { fetch } = openAI(pretended.model)
  const lines: string[] = []
  const log = createLog(asJson, (line) => lines.push(line))
  const listening = { host: '127.0.0.1', port: 0, allowOrigin: [], ...differs }
  listener = await listen(listening, answeringBy({ fetch }), log)
  const { url } = listener
  const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1` })
  return { ...pretended, client, url, lines }
}

test('the official client asks and streams, and each request is a line of JSON', async () => {
  const { client, lines } = await started()
  const { choices } = await client.chat.completions.create({ model: 'longtab', messages })
  expect(choices[0]?.message.content).toBe(`You asked: ${question}`)
  const stream = await client.chat.completions.create({ model: 'longtab', messages, stream: true })
  let text = ''
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
  expect(text).toBe(`You asked: ${question}`)
  await vi.waitFor(() => expect(lines).toHaveLength(2))
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    ...{ method: 'POST', path: '/v1/chat/completions', status: 200, isWhole: true },
    ms: expect.any(Number) as number,
  })
})

test('whoever leaves a stream ends the answer, and the line says so', async () => {
  const { client, hold, asked, lines } = await started({}, false)
  hold()
  const stream = await client.chat.completions.create({ model: 'longtab', messages, stream: true })
  for await (const { choices } of stream) if (choices[0]?.delta.content) break
  await vi.waitFor(() => expect(asked[0]?.signal?.aborted).toBe(true))
  await vi.waitFor(() => expect(lines[0]).toMatch(/^POST .* 200, \d+ ms, left before its end$/))
})

async function statusOf(url: string, headers: Record<string, string>, method = 'GET') {
  const options = { method, headers }
  return new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
    const sent = httpRequest(`${url}/v1/models`, options, (response) => {
      response.resume()
      const allowed = response.headers['access-control-allow-origin']
      response.once('end', () => resolve([response.statusCode, allowed]))
    })
    sent.once('error', reject).end()
  })
}

test('pages may ask where their origin was allowed, and nobody by another name of this machine', async () => {
  const origin = 'http://localhost:3000'
  const { url } = await started({ allowOrigin: [origin] })
  expect(await statusOf(url, { origin })).toEqual([200, origin])
  expect(await statusOf(url, { origin }, 'OPTIONS')).toEqual([204, origin])
  expect(await statusOf(url, { origin: 'http://evil.example' })).toEqual([403, undefined])
  expect(await statusOf(url, { host: 'evil.example' })).toEqual([403, undefined])
  expect(await statusOf(url, { host: 'localhost:8080' })).toEqual([200, undefined])
})

test('no file name, model name or uploaded page becomes a header or a page of the server', async () => {
  const { client, url } = await started()
  const name = 'a"\r\nset-cookie: a=b\r\n<img src=x onerror=alert(1)>.html'
  const page = new File(['<script>alert(1)</script>'], name, { type: 'text/html' })
  const { id } = await client.files.create({ file: page, purpose: 'user_data' })
  for (const path of [`files/${id}`, `files/${id}/content`, `models/${encodeURIComponent(name)}`]) {
    const { headers } = await fetch(`${url}/v1/${path}`)
    expect(headers.get('content-type'), path).toMatch(/^application\/(json|octet-stream)/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect([...headers.keys()].join(), path).not.toContain('cookie')
    expect([...headers.values()].join(), path).not.toContain('onerror')
  }
})

test('a port that is taken says so', async () => {
  const other = createServer()
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
  const { port } = other.address() as AddressInfo
  await expect(started({ port })).rejects.toThrow(`port ${port} is taken; name another`)
  other.close()
})
