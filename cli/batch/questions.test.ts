import { expect, test } from 'vitest'
import { UsageError } from '../shell/command.ts'
import { parseQuestions } from './questions.ts'

const parsed = (text: string) => parseQuestions('q.txt', text)

test('a line is a question, and blank lines are none', () => {
  expect(parsed('\uFEFFWho?\r\n\r\n  When? \n')).toEqual([
    { number: 1, question: 'Who?' },
    { number: 2, question: 'When?' },
  ])
})

test('a line of JSON may give an id', () => {
  expect(parsed('{"id":7,"question":"Who?"}\n{"question":"When?"}')).toEqual([
    { number: 1, id: '7', question: 'Who?' },
    { number: 2, question: 'When?' },
  ])
  expect(parsed('{"id":"a","question":"Who?"}\n{"id":"b","question":"Who?"}')).toHaveLength(2)
})

test.each([
  ['\n \n', '--questions q.txt holds no question; write one a line'],
  ['Who?\nWhen?\nWho?', 'line 3 of --questions q.txt asks the same as line 1 of'],
  ['{"question":"Who?"}\nWhen?', 'line 2 of --questions q.txt is no JSON object'],
  ['{"question":"Who?"}\nnull', 'line 2 of --questions q.txt is no JSON object'],
  ['{"id":"a"}', 'line 1 of --questions q.txt has no "question"'],
  ['{"question":" "}', 'line 1 of --questions q.txt has no "question"'],
  ['{"id":[],"question":"Who?"}', 'has an "id" that is neither text nor a number'],
])('%j is refused', (text, message) => {
  expect(() => parsed(text)).toThrow(UsageError)
  expect(() => parsed(text)).toThrow(message)
})
