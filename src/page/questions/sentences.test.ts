import { expect, test } from 'vitest'
import { Sentences } from './sentences.ts'

test('sentences are given out once they are whole, and the rest at the end', () => {
  const sentences = new Sentences()
  const given = [
    'The k',
    'ey lay in',
    ' the flour. It was',
    ' 3.5 inches',
    ' long! And',
    ' so',
  ].map((piece) => sentences.push(piece))
  expect(given).toEqual(['', '', 'The key lay in the flour.', '', 'It was 3.5 inches long!', ''])
  expect(sentences.flush()).toBe('And so')
  expect(sentences.flush()).toBe('')
})

test('lines end sentences too, as do quotation marks behind a stop and the stops of Chinese', () => {
  const sentences = new Sentences()
  expect(sentences.push('- one\n- two')).toBe('- one')
  expect(sentences.push('\n“Go.” They')).toBe('- two\n“Go.”')
  expect(sentences.push(' went.\n今天很冷。明天')).toBe('They went.\n今天很冷。')
  expect(sentences.flush()).toBe('明天')
})
