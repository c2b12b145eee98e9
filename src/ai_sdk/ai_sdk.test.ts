// The AI SDK's interface over a pretended model, which answers with what it was asked.
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, it, vi } from 'vitest'
import type { Passage } from '../index.ts'
import { pretendedModel, type PretendedModel } from '../openai/model.fixture.ts'
import { longtab } from './index.ts'

const passage: Passage = {
  ...{ firstChar: 3, length: 9, firstToken: 1, tokens: 2, text: ' a letter.' },
  place: { name: 'page 2' } as never,
}

function asking(text: string, call: Partial<LanguageModelV4CallOptions> = {}) {
  return {
    prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }],
    ...call,
  }
}

async function streamed(pretended: PretendedModel, call: LanguageModelV4CallOptions) {
  const { stream } = await longtab(pretended.model).doStream(call)
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

it('answers about a file, with sources and what it took', async () => {
  const pretended = pretendedModel({ sources: [passage] })
  const answer = await longtab(pretended.model).doGenerate({
    prompt: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          ...[{ type: 'file' as const, mediaType: 'text/plain', filename: 'book.txt' }].map(
            (part) => ({
              ...part,
              data: { type: 'data' as const, data: new TextEncoder().encode('It was a letter.') },
            }),
          ),
          { type: 'text', text: 'What was it?' },
        ],
      },
    ],
  })
  expect(pretended.read).toEqual(['It was a letter.'])
  expect(pretended.asked[0]).toMatchObject({ question: 'What was it?', instructions: 'Be brief.' })
  expect(answer).toMatchObject({
    content: [
      { type: 'text', text: 'You asked: What was it?' },
      { type: 'source', sourceType: 'document', id: '3+9', title: 'a letter.' },
    ],
    finishReason: { unified: 'stop', raw: 'end' },
    usage: { inputTokens: { total: 9, noCache: 9, cacheRead: 0 }, outputTokens: { total: 3 } },
    warnings: [],
  })
})

it('streams text between its start and its end, then sources and the finish', async () => {
  const parts = await streamed(pretendedModel({ sources: [passage] }), asking('Why?'))
  expect(parts.map(({ type }) => type)).toEqual([
    ...['stream-start', 'text-start', 'text-delta', 'text-delta', 'text-end', 'source', 'finish'],
  ])
})

it('says that an answer was cut', async () => {
  const { model } = pretendedModel({ finish: 'length' })
  const { finishReason } = await longtab(model).doGenerate(asking('Why?', { maxOutputTokens: 3 }))
  expect(finishReason).toEqual({ unified: 'length', raw: 'length' })
})

it('passes on how tokens are drawn, and the form of the answer', async () => {
  const pretended = pretendedModel()
  const schema = { type: 'object', properties: { name: { type: 'string' } } } as const
  await longtab(pretended.model).doGenerate(
    asking('Who?', {
      ...{
        maxOutputTokens: 7,
        temperature: 0.5,
        topP: 0.9,
        topK: 20,
        seed: 4,
        stopSequences: ['\n'],
      },
      responseFormat: { type: 'json', schema },
    }),
  )
  expect(pretended.asked[0]).toMatchObject({
    ...{ maxTokens: 7, temperature: 0.5, topP: 0.9, topK: 20, seed: 4, stop: ['\n'], json: schema },
  })
})

const clock = { type: 'function' as const, name: 'clock', inputSchema: { type: 'object' as const } }

it('passes tools on, and gives calls whole and in parts', async () => {
  const pretended = pretendedModel({ calls: [{ name: 'clock', arguments: { zone: 'UTC' } }] })
  const call = asking('When?', { tools: [clock], toolChoice: { type: 'required' } })
  const { content, finishReason } = await longtab(pretended.model).doGenerate(call)
  expect(pretended.asked[0]).toMatchObject({ tools: [{ name: 'clock' }], toolChoice: 'required' })
  const called = { type: 'tool-call', toolName: 'clock', input: '{"zone":"UTC"}' }
  expect(content).toContainEqual(expect.objectContaining(called))
  expect(finishReason.unified).toBe('tool-calls')
  const parts = await streamed(pretended, call)
  expect(parts).toContainEqual(expect.objectContaining(called))
  const types = parts.map(({ type }) => type)
  expect(types.indexOf('text-end')).toBeLessThan(types.indexOf('tool-input-start'))
})

it('passes calls and their results back', async () => {
  const pretended = pretendedModel()
  const input = { zone: 'UTC' }
  const [toolCallId, toolName] = ['a', 'clock']
  const output = { type: 'json' as const, value: { hour: 12 } }
  await longtab(pretended.model).doGenerate({
    tools: [clock],
    prompt: [
      ...asking('When?').prompt,
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId, toolName, input }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] },
    ],
  })
  const exchanges = [{ calls: [{ name: 'clock', arguments: input }], results: ['{"hour":12}'] }]
  expect(pretended.asked[0]).toMatchObject({ question: 'When?', exchanges })
})

it('warns of what is not done', async () => {
  const { model } = pretendedModel()
  const search = { type: 'provider' as const, id: 'else.search' as const, name: 'search', args: {} }
  const { warnings } = await longtab(model).doGenerate(
    asking('Why?', { presencePenalty: 1, tools: [search] }),
  )
  expect(warnings).toMatchObject([
    { type: 'unsupported', feature: 'presencePenalty' },
    { type: 'unsupported', feature: 'search' },
  ])
})

it('refuses a picture by its type', async () => {
  const { model } = pretendedModel()
  const data = { type: 'data' as const, data: '' }
  const answer = longtab(model).doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', data }] }],
  })
  await expect(answer).rejects.toThrow('image/png')
})

it('ends an answer whose stream is cancelled, and answers again', async () => {
  const { model, asked, hold, goOn } = pretendedModel()
  hold()
  const { stream } = await longtab(model).doStream(asking('Left?'))
  const reader = stream.getReader()
  await vi.waitFor(async () => expect((await reader.read()).value?.type).toBe('text-delta'))
  await reader.cancel()
  goOn()
  await longtab(model).doGenerate(asking('Kept?'))
  expect(asked.map(({ question }) => question)).toEqual(['Left?', 'Kept?'])
})

it('ends with the error of the signal that ends it', async () => {
  const { model, asked, hold } = pretendedModel()
  hold()
  const controller = new AbortController()
  const answer = longtab(model).doGenerate(asking('Left?', { abortSignal: controller.signal }))
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  controller.abort()
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
})
