// A survey with a pretended model: what is asked of what, in which order, and what becomes of the answers.
import { expect, test } from 'vitest'
import type { AnswerSummary } from '../api/answer.ts'
import { askedOfAnswers, askedOfPiece } from '../recall/survey_wording.ts'
import { survey, type Surveyed } from './survey.ts'

interface Call {
  readonly read: string
  readonly asked: string
  readonly maxTokens: number
}

type Given = Pick<AnswerSummary, 'text' | 'finish'>

/** Passages of ten characters, which are its tokens. */
function pretended(text: string, answer: (call: Call, index: number) => Given) {
  const calls: Call[] = []
  const passages = Array.from({ length: Math.ceil(text.length / 10) }, (_, i) =>
    text.slice(10 * i, 10 * i + 10),
  )
  const encode = (some: string) => Array.from(some, (character) => character.charCodeAt(0))
  const document: Surveyed = {
    plan: { piece: 20, part: 12, joined: 48 },
    passages: passages.map(({ length }) => length),
    take: async (first, count) => {
      const taken = passages.slice(first, first + count).join('')
      const passage = {
        firstChar: 10 * first,
        length: taken.length,
        firstToken: 10 * first,
        tokens: taken.length,
        text: taken,
      }
      return { ids: encode(taken), passage }
    },
    encode,
    answer: async (ids, asked, maxTokens, onText) => {
      const call = { read: String.fromCharCode(...ids), asked, maxTokens }
      calls.push(call)
      const given = answer(call, calls.length - 1)
      onText(given.text)
      return given
    },
  }
  const heard: string[] = []
  const told: number[] = []
  const run = (question: string, joined?: number) =>
    survey(question, joined, document, {
      part: ({ index }) => told.push(index),
      text: (piece) => heard.push(piece),
    })
  return { run, calls, heard, told }
}

const ended = (text: string): Given => ({ text, finish: 'end' })

test('asks each piece in order; every line that is found stands once', async () => {
  const { run, calls, heard } = pretended('x'.repeat(60), (_, i) =>
    ended(['1. a\n2. b', 'b', '- c\n- a'][i] ?? ''),
  )
  const summary = await run('What?')
  expect(calls, 'nothing is joined').toHaveLength(3)
  expect(summary).toMatchObject({ text: '- a\n- b\nb\n- c\n', finish: 'end' })
  expect(heard).toEqual(['- a\n- b\n', 'b\n', '- c\n'])
})

test('asks each piece in order, then the answers, and streams the joined answer alone', async () => {
  const text = 'abcdefghijABCDEFGHIJklmnopqrstKLMNOPQRST'
  const { run, calls, heard, told } = pretended(text, ({ read }, i) =>
    ended(i < 2 ? `of ${read.slice(0, 3)}` : 'joined'),
  )
  const summary = await run('What?', 99)
  expect(calls).toEqual([
    { read: text.slice(0, 20), asked: askedOfPiece('What?'), maxTokens: 12 },
    { read: text.slice(20), asked: askedOfPiece('What?'), maxTokens: 12 },
    { read: 'of abc\n\nof klm\n\n', asked: askedOfAnswers('What?'), maxTokens: 99 },
  ])
  expect(told).toEqual([0, 1])
  expect(heard.join('')).toBe('joined')
  expect(summary).toMatchObject({ text: 'joined', finish: 'end' })
  expect(summary.parts.map(({ answer, passage }) => [answer, passage.firstChar])).toEqual([
    ['of abc', 0],
    ['of klm', 20],
  ])
})

test('a document of one piece is answered by its part', async () => {
  const { run, calls, heard } = pretended('abcdefghij', () => ended('a'))
  expect(await run('What?', 99)).toMatchObject({ text: 'a', finish: 'end' })
  expect(calls).toHaveLength(1)
  expect(heard).toEqual(['a'])
})

test('answers that are too many for one reading are joined in a tree, none left out', async () => {
  const { run, calls } = pretended('x'.repeat(20 * 9), ({ asked }, i) =>
    ended(asked === askedOfPiece('What?') ? `part ${i}` : `join ${i}`),
  )
  const summary = await run('What?', 99)
  const joins = calls.slice(9)
  expect(joins.map(({ read }) => read.trim().split('\n\n'))).toEqual([
    ['part 0', 'part 1', 'part 2', 'part 3', 'part 4', 'part 5'],
    ['part 6', 'part 7', 'part 8'],
    ['join 9', 'join 10'],
  ])
  expect(joins.map(({ maxTokens }) => maxTokens)).toEqual([12, 12, 99])
  expect(summary.text).toBe('join 11')
})

test('answers that encode to more than they were written in still come together', async () => {
  const { run } = pretended('x'.repeat(20 * 5), () => ended('y'.repeat(60)))
  expect((await run('What?', 99)).text).toBe('y'.repeat(60))
})

test('pieces that hold nothing are not joined, and made-up lines are told of', async () => {
  const { run, calls } = pretended('x'.repeat(60), (_, i) => ended(['', '1234', 'found'][i] ?? ''))
  const summary = await run('What?', 99)
  expect(calls, 'one answer is left').toHaveLength(3)
  expect(summary.text).toBe('found')
  expect(summary.parts.map(({ answer, unfounded }) => [answer, unfounded])).toEqual([
    ['', 0],
    ['', 1],
    ['found', 0],
  ])
})

test('a survey that is stopped keeps its parts and has no answer', async () => {
  const { run, calls, heard } = pretended('x'.repeat(60), (_, i) =>
    i === 1 ? { text: 'half', finish: 'aborted' } : ended('whole'),
  )
  const { text, parts, finish } = await run('What?', 99)
  expect({ text, finish, heard }).toEqual({ text: '', finish: 'aborted', heard: [] })
  expect(parts.map(({ answer }) => answer)).toEqual(['whole'])
  expect(calls, 'nothing is asked after it').toHaveLength(2)
  const apart = pretended('x'.repeat(60), (_, i) =>
    i === 1 ? { text: 'half', finish: 'aborted' } : ended('whole'),
  )
  expect(await apart.run('What?')).toMatchObject({ text: 'whole\n', finish: 'aborted' })
})

test('an answer in other words than its piece is doubtful, and not joined with the others', async () => {
  const { run, calls } = pretended('a heron was seen by the old mill of ours', (_, i) =>
    ended(['a lion and a giraffe', 'mill'][i] ?? ''),
  )
  const { parts, text } = await run('What?', 99)
  expect(parts.map(({ doubtful }) => doubtful)).toEqual([true, false])
  expect({ text, calls: calls.length }).toEqual({ text: 'mill', calls: 2 })
})

test('a part that was cut says so', async () => {
  const { run } = pretended('x'.repeat(10), () => ({ text: 'and so', finish: 'length' }))
  expect((await run('What?', 99)).parts.map(({ cut }) => cut)).toEqual([true])
})
