import { expect, test } from 'vitest'
import { markdownOf } from './markdown.ts'

const passage = { firstChar: 0, length: 40, firstToken: 0, tokens: 9 }

test('question, answer and numbered quotations, every line of them quoted', () => {
  const sources = [
    { ...passage, text: 'The key is 40713.\n\nSo it says. ' },
    { ...passage, text: 'Twice.' },
  ]
  expect(markdownOf('What is\nthe key? ', ' 40713.\n', sources)).toBe(
    '**What is the key?**\n\n40713.\n\n> [1] The key is 40713.\n>\n> So it says.\n\n> [2] Twice.\n',
  )
  expect(markdownOf('And?', 'No.', [])).toBe('**And?**\n\nNo.\n')
})
