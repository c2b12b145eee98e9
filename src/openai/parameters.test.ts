// Which requests are taken, and which are refused before a document is read for them.
import { expect, test } from 'vitest'
import { openAI, type ChatMessage, type ChatRequest, type WholeRequest } from './index.ts'
import { pretendedModel } from './model.fixture.ts'

const question = 'What is the pass key?'
const asking: ChatMessage = {
  role: 'user',
  content: [
    { type: 'file', file: { file_data: new Blob(['The pass key is 09090.']) } },
    { type: 'text', text: question },
  ],
}
const plain = { model: 'longtab', messages: [asking] }

const refusals: [object, string, string][] = [
  [{ max_token: 9 }, 'max_token', 'there is no parameter max_token; the nearest is max_tokens'],
  [{ topP: 1 }, 'topP', 'there is no parameter topP; the nearest is top_p'],
  [{ functions: [{}] }, 'functions', 'functions is not supported: it is the older name of tools'],
  [{ logprobs: 1 }, 'logprobs', 'logprobs must be true or false'],
  [{ top_logprobs: 2 }, 'top_logprobs', 'top_logprobs needs logprobs: true'],
  [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs', 'top_logprobs must be at most 20, not 21'],
  [{ response_format: { type: 'grammar' } }, 'response_format', 'response_format must be of type'],
  [{ max_tokens: 0 }, 'max_tokens', 'max_tokens must be a whole number of at least 1'],
  [{ top_p: 2 }, 'top_p', 'top_p must be above 0 and at most 1'],
  [
    { response_format: { type: 'json_schema', json_schema: { schema: { pattern: 'a' } } } },
    'response_format',
    'schema.pattern is not held to',
  ],
  [
    { response_format: { type: 'json_object', jsonSchema: {} } },
    'response_format',
    'there is no response_format.jsonSchema; the nearest is json_schema',
  ],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a', shema: {} } } },
    'response_format.json_schema',
    'there is no response_format.json_schema.shema; the nearest is schema',
  ],
  [{ n: 2 }, 'n', 'n is not supported: one answer is given'],
  [{ temperature: 'hot' }, 'temperature', 'temperature must be a number'],
  [{ stop: [1] }, 'stop', 'stop must be a text or a list of texts'],
  [{ model: 'gpt-4o' }, 'model', 'the model gpt-4o is not loaded here; ask for longtab'],
  [
    { stream_options: { usage: true } },
    'stream_options',
    'there is no stream_options.usage; the nearest is include_usage',
  ],
  [{ messages: [] }, 'messages', 'messages is no list of messages'],
  [{ messages: [{ role: 'user', content: ' ' }] }, 'messages', 'messages ends without a question'],
  [
    { messages: [asking, { role: 'assistant', content: 'x' }] },
    'messages',
    'messages ends without a question',
  ],
  [
    { messages: [{ role: 'robot', content: 'x' }] },
    'messages[0].role',
    'messages[0].role is "robot"; it must be one of user',
  ],
  [
    { messages: [{ role: 'user', contents: 'x' }] },
    'messages[0].contents',
    'messages[0].contents is unknown; the nearest is content',
  ],
  [
    { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    'messages[0].content[0]',
    'messages[0].content[0] is of type "image_url"',
  ],
  [
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: '%' } }] }] },
    'messages[0].content[0].file.file_data',
    'messages[0].content[0].file.file_data is no base64',
  ],
]

test.each(refusals)('%j is refused by name', async (differs, param, message) => {
  const { model, read } = pretendedModel()
  const request = { ...plain, ...differs } as ChatRequest
  const refused = openAI(model).chat.completions.create(request)
  await expect(refused).rejects.toThrow(message)
  await expect(refused).rejects.toMatchObject({ param })
  expect(read).toEqual([])
})

test('response_format holds the answer to JSON', async () => {
  const { model, asked } = pretendedModel()
  const { chat } = openAI(model)
  const schema = { type: 'object', properties: { key: { type: 'string' } } }
  const json_schema = { name: 'key', schema, strict: true }
  const formats = [{ type: 'json_object' }, { type: 'json_schema', json_schema }] as const
  for (const response_format of formats)
    await chat.completions.create({ ...plain, response_format })
  expect(asked.map(({ json }) => json)).toEqual([true, schema])
})

test('parameters that ask for nothing, or say who asks, are taken', async () => {
  const { model } = pretendedModel()
  const nothing = { tools: [], tool_choice: 'auto', logprobs: false, n: 1, user: 'me', seed: null }
  const inText = { response_format: { type: 'text' } } as const
  const request = { ...plain, ...inText, ...(nothing as object) }
  const { choices } = await openAI(model).chat.completions.create(request as WholeRequest)
  expect(choices[0]?.message.content).toContain(question)
})
