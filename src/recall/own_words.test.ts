import { expect, test } from 'vitest'
import { isInOtherWords } from './own_words.ts'

const piece =
  'We saw a puffin by the dim compass. Edwina went to the old mill with the tall granite.'
const question = 'Which animals were seen? List them.'

test.each([
  ['The animal seen is a puffin.', false],
  ['- Puffin, by the compass', false],
  ['A lion, a cat, a dog, a monkey, a giraffe', true],
  ['Ein Papageientaucher wurde gesehen.', true],
  ['There are 2 animals.', false],
  ['', false],
])('%s: in other words is %s', (answer, isOther) => {
  expect(isInOtherWords(answer, piece, question)).toBe(isOther)
})
