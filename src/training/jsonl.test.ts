import { expect, test } from 'vitest'
import { parseTrainingLines } from './jsonl.ts'

test.each([
  ['{"prompt": "P", "answer": "A"}', 'P'],
  ['{"messages": [{"role": "user", "content": "P"}, {"role": "assistant", "content": "A"}]}', 'P'],
  [
    '{"id": 7, "conversations": [{"from": "system", "value": "S"}, {"from": "human", "value": "P"}, {"from": "gpt", "value": "A"}, {"from": "human", "value": "more"}]}',
    'S\n\nP',
  ],
])('%s', (line, context) => {
  expect(parseTrainingLines(`\n${line}\n\n`)).toEqual([
    { context, turns: [{ question: undefined, answer: 'A' }], name: 'line 2' },
  ])
})

test('LongAlpaca is one array of instructions and outputs', () => {
  const entries = [
    { instruction: 'P', output: 'A', file: 'none' },
    { instruction: 'P', input: 'more', output: 'B' },
  ]
  expect(parseTrainingLines(JSON.stringify(entries, null, 2))).toEqual([
    { context: 'P', turns: [{ question: undefined, answer: 'A' }], name: 'entry 1' },
    { context: 'P\n\nmore', turns: [{ question: undefined, answer: 'B' }], name: 'entry 2' },
  ])
})

test.each([
  [
    '{"prompt": "P", "answer": "A"}\n{"prompt": "P", "answer"',
    /line 2 of the training data is not JSON/,
  ],
  ['{"prompt": "P", "answer": " "}', /line 1 of the training data has neither/],
  ['{"messages": [{"role": "assistant", "content": "A"}]}', /line 1/],
  ['{"conversations": [{"from": "human", "value": 3}]}', /line 1/],
  ['1', /line 1/],
  ['{"instruction": "P", "output": 3}', /line 1/],
  ['[{"instruction": "P", "output": "A"}, 1]', /entry 2 of the training data has neither/],
  ['[{"prompt": "P", "answer"', /begins as an array and is not JSON/],
  ['[]', /the training data is empty/],
  ['  \n', /the training data is empty/],
])('%s is refused', (text, message) => {
  expect(() => parseTrainingLines(text)).toThrow(message)
})
