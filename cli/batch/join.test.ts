import { expect, test } from 'vitest'
import { UsageError } from '../shell/command.ts'
import { joined } from './join.ts'
import type { Line } from './line.ts'
import { aRun, answeredLine as answered, failedLine as failed } from './lines.fixture.ts'

const file = (path: string, lines: readonly Line[]) => ({
  path,
  text: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
})

test.each([{ settings: null }, { hash: [1] }, { id: {} }, { question: 7 }, { number: [1] }])(
  'a line with %j is none of a batch',
  (changed) => {
    const text = `${JSON.stringify({ ...answered('1', 1), ...changed })}\n`
    expect(() => joined([{ path: 'a', text }])).toThrow('a, line 1, is none of a batch')
  },
)

test('a setting that has the name of something in every object is a setting', () => {
  const file = (path: string, settings: object) => ({
    path,
    text: `${JSON.stringify({ ...answered('1', 1), settings })}\n`,
  })
  const files = [file('a', { constructor: 1 }), file('b', {})]
  expect(() => joined(files)).toThrow('a holds answers with constructor 1, not by default')
})

test('shards make the lines of one run, in its order', () => {
  const one = [
    ...[answered('2.txt', 1), answered('2.txt', 2), failed('10.txt')],
    ...[answered('a/1.txt', 1), answered('a/1.txt', 2)],
  ]
  const [first, second, third, fourth, fifth] = one as [Line, Line, Line, Line, Line]
  const shards = [file('b', [third]), file('a', [fifth, second, first, fourth])]
  expect(joined(shards)).toEqual(one)
})

test('a line that two files hold stands once, and an answer goes before a failure', () => {
  const again = { ...failed('1'), number: 1, question: 'question 1?' }
  const shards = [file('a', [again]), file('b', [answered('1', 1), answered('1', 1, 'no')])]
  expect(joined(shards)).toEqual([answered('1', 1)])
})

test('a document that one file could not read was read by another', () => {
  expect(joined([file('a', [failed('1')]), file('b', [answered('1', 1)])])).toEqual([
    answered('1', 1),
  ])
})

const whole = file('a', [answered('1', 1)])
const other = (change: Partial<Line>) => file('b', [{ ...answered('2', 1), ...change }])

test.each<[ReturnType<typeof file>, string]>([
  [other({ model: 'large' }), 'a holds answers of model built-in, not large as b does'],
  [other({ settings: { ...aRun.settings, budget: 8 } }), 'with budget 64, not 8 as b does'],
  [other({ settings: { skim: false } }), 'with budget 64, not by default as b does'],
  [other({ document: '1', hash: 'new' }), '1 has hash hash of 1 in a and new in b'],
  [{ path: 'b', text: whole.text.slice(0, -5) }, 'b ends inside a line'],
  [{ path: 'b', text: '{}\n' }, 'b, line 1, is none of a batch'],
])('a file is refused beside another (%#)', (second, message) => {
  expect(() => joined([whole, second])).toThrow(UsageError)
  expect(() => joined([whole, second])).toThrow(message)
})
