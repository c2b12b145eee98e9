import { expect, it } from 'vitest'
import { ThinkingParts } from './thinking.ts'

/** All texts of a kind, from a text pushed in pieces of `length` characters. */
function parted(text: string, length: number, begun = false): Record<string, string> {
  const parts = new ThinkingParts(begun)
  const found = { answer: '', thinking: '' }
  for (let at = 0; at < text.length; at += length) {
    for (const part of parts.push(text.slice(at, at + length))) found[part.kind] += part.text
  }
  for (const part of parts.flush()) found[part.kind] += part.text
  return found
}

it.each([1, 2, 7, 100])('parts thought and answer however the text comes: by %i', (length) => {
  const text = '\n<think>\nThe key is brass.\n</think>\n\nIn the <b>flour</b>.'
  expect(parted(text, length)).toEqual({
    thinking: '\nThe key is brass.\n',
    answer: 'In the <b>flour</b>.',
  })
})

it.each([1, 100])(
  'takes a text without a thought as it is, and marks in its middle for text',
  (length) => {
    const text = ' < 3, and <think> is a word</think>'
    expect(parted(text, length)).toEqual({ thinking: '', answer: text })
  },
)

it('goes on from a thought that the prompt has begun', () => {
  expect(parted('so it is brass</think>Brass.', 3, true)).toEqual({
    thinking: 'so it is brass',
    answer: 'Brass.',
  })
})

it('gives a thought that was cut as a thought', () => {
  expect(parted('<think>It may be</thi', 4)).toEqual({ thinking: 'It may be</thi', answer: '' })
})

it('gives what is certain at once', () => {
  const parts = new ThinkingParts(false)
  expect(parts.push('<th')).toEqual([])
  expect(parts.push('ink>hm, ')).toEqual([{ kind: 'thinking', text: 'hm, ' }])
  expect(parts.push('yes</think> Ye')).toEqual([
    { kind: 'thinking', text: 'yes' },
    { kind: 'answer', text: 'Ye' },
  ])
})
