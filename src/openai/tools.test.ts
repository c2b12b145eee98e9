// Tools through the official client, in front of a pretended model: what it is given, and what comes back.
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import type { ToolCall } from '../index.ts'
import { openAI } from './index.ts'
import { pretendedModel } from './model.fixture.ts'

const parameters = { type: 'object', properties: { zone: { type: 'string' } } }
const clock = { name: 'clock', description: 'Tells the time.', parameters }
const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: clock }]
const call: ToolCall = { name: 'clock', arguments: { zone: 'UTC' } }
const question: OpenAI.ChatCompletionMessageParam = { role: 'user', content: 'What time is it?' }

function clientOf(calls: readonly ToolCall[] = [call], canCallTools = true) {
  const pretended = pretendedModel({ calls, text: '' })
  const { fetch } = openAI({ ...pretended.model, canCallTools })
  const baseURL = 'http://longtab.invalid/v1'
  return { ...pretended, client: new OpenAI({ fetch, apiKey: 'none', baseURL }) }
}

const asking = { model: 'longtab', messages: [question], tools }

test('a call comes back, and goes on with its result', async () => {
  const { client, asked } = clientOf()
  const { choices } = await client.chat.completions.create(asking)
  expect(asked[0]).toMatchObject({ tools: [clock], toolChoice: 'auto', evenIfAbsent: true })
  const [{ message, finish_reason } = {}] = choices
  expect(finish_reason).toBe('tool_calls')
  expect(message?.content).toBeNull()
  const id = message?.tool_calls?.[0]?.id ?? ''
  expect(message?.tool_calls).toEqual([
    { id, type: 'function', function: { name: 'clock', arguments: '{"zone":"UTC"}' } },
  ])
  const result = { role: 'tool', tool_call_id: id, content: 'Noon.' } as const
  const messages = [question, message!, result]
  await client.chat.completions.create({ ...asking, messages })
  const exchanges = [{ calls: [call], results: ['Noon.'] }]
  expect(asked[1]).toMatchObject({ question: 'What time is it?', exchanges, history: [] })
  const said = [{ role: 'assistant', content: 'It is noon.' }, question] as const
  await client.chat.completions.create({ ...asking, messages: [...messages, ...said] })
  const history = [{ question: 'What time is it?', answer: 'It is noon.', exchanges }]
  expect(asked[2]).toMatchObject({ history, exchanges: [] })
})

test('the streaming helper gathers calls', async () => {
  const { client } = clientOf([call, { ...call, arguments: {} }])
  const stream = client.chat.completions.stream({ ...asking, stream: true })
  const { choices } = await stream.finalChatCompletion()
  expect(choices[0]?.finish_reason).toBe('tool_calls')
  const written = choices[0]?.message.tool_calls?.map((one) => one.function)
  expect(written?.map((one) => one.arguments)).toEqual(['{"zone":"UTC"}', '{}'])
})

test('an answer that was cut says so', async () => {
  const pretended = pretendedModel({ calls: [call], finish: 'length' })
  const client = openAI(pretended.model)
  const { choices } = await client.chat.completions.create({
    model: 'longtab',
    messages: [{ role: 'user', content: 'When?' }],
    tools: [{ type: 'function', function: clock }],
  })
  expect(choices[0]?.finish_reason).toBe('length')
})

test('tool_choice is passed on, and none offers nothing', async () => {
  const { client, asked } = clientOf([])
  const named = { type: 'function', function: { name: 'clock' } } as const
  for (const tool_choice of ['required', named, 'none'] as const)
    await client.chat.completions.create({ ...asking, tool_choice })
  expect(asked.map(({ toolChoice }) => toolChoice)).toEqual([
    'required',
    { name: 'clock' },
    undefined,
  ])
  expect(asked[2]?.tools).toBeUndefined()
})

const pattern = { ...clock, parameters: { type: 'string', pattern: 'a' } }
const made = {
  role: 'assistant',
  tool_calls: [{ id: 'a', type: 'function', function: { name: 'clock', arguments: '{}' } }],
}
const refusals: [object, string][] = [
  [
    { tools: [{ type: 'function', functions: clock }] },
    'there is no tools[0].functions; the nearest is function',
  ],
  [
    { tools: [{ type: 'function', function: { name: 'a', parameter: {} } }] },
    'there is no tools[0].function.parameter; the nearest is parameters',
  ],
  [{ tools: [{ type: 'custom' }] }, 'tools[0].type must be function'],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name must be a text'],
  [{ tools: {} }, 'tools must be a list'],
  [{ tool_choice: 'always' }, 'tool_choice must be none, auto, required'],
  [{ tools: [], tool_choice: 'required' }, 'tool_choice requires a call, and there are no tools'],
  [{ parallel_tool_calls: false }, 'parallel_tool_calls is not supported'],
  [
    { tools: [{ type: 'function', function: pattern }], tool_choice: 'required' },
    'schema.pattern is not held to',
  ],
  [
    { messages: [question, made] },
    'messages[1].tool_calls[0] has no result; send a message of role tool with the tool_call_id a',
  ],
  [
    { messages: [question, made, { role: 'tool', tool_call_id: 'b', content: '' }] },
    'messages[2].tool_call_id is "b"; it must be one of a',
  ],
  [
    { messages: [question, { role: 'tool', tool_call_id: 'b', content: '' }] },
    'messages[1] is the result of a call, and no message before it has calls',
  ],
]

test.each(refusals)('%j is refused by name', async (differs, sentence) => {
  const { client, read } = clientOf()
  await expect(client.chat.completions.create({ ...asking, ...differs })).rejects.toThrow(sentence)
  expect(read).toEqual([])
})

test('a model that calls none refuses them before it reads', async () => {
  const { client, read } = clientOf([], false)
  const refused = client.chat.completions.create(asking)
  await expect(refused).rejects.toMatchObject({ param: 'tools', code: 'bad-setting', status: 400 })
  await expect(refused).rejects.toThrow('tools are not called by this model')
  expect(read).toEqual([])
})
