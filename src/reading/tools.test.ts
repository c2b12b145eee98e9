// What a question with tools asks of its answer, beside a chat form that offers them.
import { expect, test } from 'vitest'
import type { AskOptions } from '../api/answer.ts'
import type { ChatForm } from '../text/chat.ts'
import { toolUse } from './tools.ts'

const form = { opening: '<tool_call>\n', closing: '\n</tool_call>', argumentsName: 'arguments' }
const chat = { offer: () => ({ text: 'Tools.', form }) } as unknown as ChatForm
const parameters = { type: 'object', properties: { zone: { type: 'string' } } }
const tools = [{ name: 'clock', parameters }, { name: 'calendar' }]

test('without tools the answer is held to what json says, and to nothing with them', () => {
  expect(toolUse(chat, { json: true })).toMatchObject({ offered: undefined, form: true })
  expect(toolUse(chat, { tools })).toMatchObject({
    toolNames: ['clock', 'calendar'],
    opening: '',
    form: undefined,
  })
})

test('a call that is required is held to the tools, or to the one that is named', () => {
  const of = (name: string, schema: object) => ({
    type: 'object',
    properties: { name: { const: name }, arguments: schema },
    required: ['name', 'arguments'],
  })
  const required = toolUse(chat, { tools, toolChoice: 'required' })
  expect(required.opening).toBe('<tool_call>\n')
  expect(required.form).toEqual({
    anyOf: [of('clock', parameters), of('calendar', { type: 'object' })],
  })
  const named = toolUse(chat, { tools, toolChoice: { name: 'clock' } })
  expect(named.form).toEqual({ anyOf: [of('clock', parameters)] })
})

const refusals: [Pick<AskOptions, 'tools' | 'toolChoice' | 'json'>, string][] = [
  [{ toolChoice: 'required' }, 'a call is required of 0 tools'],
  [{ tools, json: true }, 'an answer cannot be held to json and call tools'],
  [{ tools, toolChoice: { name: 'bomb' } }, 'toolChoice names bomb, which is none of the 2 tools'],
  [{ tools: [...tools, ...tools] }, 'two tools are called clock'],
  [{ tools: [{ name: '' }] }, 'a tool has no name'],
]

test.each(refusals)('%j is refused', (options, sentence) => {
  expect(() => toolUse(chat, options)).toThrow(sentence)
})
