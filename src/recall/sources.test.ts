import { expect, it } from 'vitest'
import { madeUpProse } from '../tasks/haystack.ts'
import { randomOf } from '../tasks/random.ts'
import { ownWords } from '../tasks/words.ts'
import { findSources } from './sources.ts'
import { WordIndex } from './word_index.ts'

const prose = madeUpProse(randomOf('sources'), ownWords)
const facts: Readonly<Record<number, string>> = {
  7: 'The vault of Zelda opens with 4711.',
  12: 'Zelda was in the vault on Monday.',
  20: 'The ibex weighs 4711 pounds.',
}
const words = new WordIndex()
for (let i = 0; i < 30; i++)
  words.add(`${Array.from({ length: 6 }, () => prose.next().value).join(' ')} ${facts[i] ?? ''}`)

const question = 'With which number does the vault of Zelda open?'

it('is the passage with the answer’s words beside the question’s, not one with either alone', () => {
  expect(findSources(words, question, 'It is 4711.', [])).toEqual([7])
  expect(findSources(words, 'How heavy is the ibex?', '4711 pounds', [])).toEqual([20])
})

it('is among the passages that were read again, where any were', () => {
  expect(findSources(words, question, 'It is 4711.', [12, 20])).toEqual([20])
  expect(findSources(words, question, 'It is 4711.', [7, 12])).toEqual([7])
})

it.each([
  ['a number that stands nowhere', 'The vault of Zelda opens with 9913.'],
  ['an answer that says what the question said', 'The vault of Zelda opens with a number.'],
  ['no answer', ''],
])('is none for %s', (_, answer) => {
  expect(findSources(words, question, answer, [])).toEqual([])
})

it('is at most three passages', () => {
  const many = new WordIndex()
  for (let i = 0; i < 30; i++) many.add(i < 10 ? 'The zeppelin is yellow.' : prose.next().value)
  expect(findSources(many, 'What colour is the zeppelin?', 'yellow', [])).toHaveLength(3)
})
