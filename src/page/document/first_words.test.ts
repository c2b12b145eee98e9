import { expect, test } from 'vitest'
import { firstWords } from './first_words.ts'

test.each([
  ['a short text is its own name', '  Call me Ishmael.\n', 'Call me Ishmael.'],
  [
    'of a longer one six words stay, without what stood between them',
    'The ferry leaves at noon, and nobody has ever seen it.',
    'The ferry leaves at noon, and…',
  ],
  ['lines and blanks count as one blank', 'LOG\n\n\tof   the\nIrene', 'LOG of the Irene'],
  [
    'long words end the name earlier, at a whole word',
    'Antidisestablishmentarianism notwithstanding, everybody agreed at last.',
    'Antidisestablishmentarianism…',
  ],
  ['a word that is longer than any name is cut', 'x'.repeat(90), `${'x'.repeat(40)}…`],
])('%s', (_, text, name) => {
  expect(firstWords(text)).toBe(name)
})

test('the name of a book is as short as that of a page', () => {
  expect(firstWords('It was a dark and stormy night. '.repeat(100_000))).toBe(
    'It was a dark and stormy…',
  )
})
