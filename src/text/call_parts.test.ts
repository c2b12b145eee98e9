// Calls that stand in an answer, however its text is cut.
import { expect, test } from 'vitest'
import { CallParts } from './call_parts.ts'

const clock = { name: 'clock', arguments: { zone: 'UTC' } }
const written = '<tool_call>\n{"name": "clock", "arguments": {"zone": "UTC"}}\n</tool_call>'
const unknown = '<tool_call>{"name": "bomb", "arguments": {}}</tool_call>'

const cases: [string, string, unknown[]][] = [
  ['text alone', 'At noon {not yet}. ', ['At noon {not yet}. ']],
  ['a call alone', written, [clock]],
  ['space around a call', `\n\n${written}\n`, [clock]],
  ['text and calls', `Wait.${written}\n${written}`, ['Wait.', clock, clock]],
  ['a call that is not closed', written.slice(0, -13), [clock]],
  ['a call that is cut', written.slice(0, 30), [written.slice(0, 30)]],
  ['a tool that was not offered', unknown, [unknown]],
  ['a call in JSON alone', '{"name": "clock", "parameters": {"zone": "UTC"}}', [clock]],
  [
    'a call in a fence',
    '```json\n{\n  "name": "clock", "arguments": {"zone": "UTC"}\n}\n```',
    [clock],
  ],
  ['code in a fence', '```js\nlet a\n```', ['```js\nlet a\n```']],
  ['JSON that is no call', '{"name": "Ada"}', ['{"name": "Ada"}']],
  [
    'JSON of another tool',
    '{"name": "bomb", "parameters": {}}',
    ['{"name": "bomb", "parameters": {}}'],
  ],
  ['JSON behind a text', 'So: {"name": "clock"}', ['So: {"name": "clock"}']],
  ['the beginning of a mark', 'a <tool', ['a <tool']],
]

test.each(cases)('%s', (_, text, expected) => {
  for (const size of [1, 3, 7, 1000]) {
    const parts = new CallParts(['clock'])
    const found: unknown[] = []
    for (let at = 0; at < text.length; at += size)
      found.push(...parts.push(text.slice(at, at + size)))
    found.push(...parts.flush())
    const joined = found.reduce<unknown[]>((all, part) => {
      const last = all.at(-1)
      return typeof part === 'string' && typeof last === 'string'
        ? [...all.slice(0, -1), last + part]
        : [...all, part]
    }, [])
    expect(joined, `${size} at once`).toEqual(expected)
  }
})
