import { expect, it } from 'vitest'
import { cutByMark } from './mark.ts'

it.each([
  ['before it', 100, ['some words']],
  ['after it', 0, ['some words']],
  ['around it', 45, ['some ', '[words]']],
  ['inside it', 52, ['[some words]']],
  ['over its end', 66, ['[some]', ' words']],
  ['nowhere', undefined, ['some words']],
])('a stretch %s', (_, firstChar, expected) => {
  const marked = firstChar === undefined ? undefined : { firstChar: 50, length: 20 }
  const parts = cutByMark('some words', firstChar ?? 50, marked)
  expect(parts.map(({ text, isMarked }) => (isMarked ? `[${text}]` : text))).toEqual(expected)
})

it('cuts a mark out of the middle', () => {
  const parts = cutByMark('one two three', 10, { firstChar: 14, length: 3 })
  expect(parts).toEqual([
    { text: 'one ', isMarked: false },
    { text: 'two', isMarked: true },
    { text: ' three', isMarked: false },
  ])
})
