import { expect, test } from 'vitest'
import { foundedLines } from './founded_lines.ts'

const piece = 'Invoice 4821 is for the carpets, 1,250 pounds. Order 7713 has not arrived.'

test('a line with a number that was not read is left out, and counted', () => {
  const answer = '1. Invoice 4821\n2. Invoice 12345\n3. Invoice 45678'
  expect(foundedLines(answer, [piece])).toEqual({ text: '- Invoice 4821', unfounded: 2 })
})

test('numbers of the question and other spellings of a number count as read', () => {
  const kept = '- of 1888\n- 1250 pounds'
  expect(foundedLines(kept, [piece, 'What was paid in 1888?'])).toEqual({
    text: kept,
    unfounded: 0,
  })
})

test('a small number may be counted', () => {
  expect(foundedLines('There are 12 of them.', [piece]).text).toBe('There are 12 of them.')
})

test('a repeated line stands once, whatever number the list gives it', () => {
  const answer = '1. Invoice 4821\n2) Order 7713\n\n3. Invoice 4821\n* Order 7713\n4. '
  expect(foundedLines(answer, [piece])).toEqual({
    text: '- Invoice 4821\n- Order 7713',
    unfounded: 0,
  })
})

test('a line that goes round in circles does so once', () => {
  const round = '4821, 7713, 7713, 7713, 7713, 7713'
  expect(foundedLines(round, [piece]).text).toBe('4821, 7713')
  expect(foundedLines(`The code of ${'the '.repeat(60)}`, [piece]).text).toBe('The code of the')
  const verse = 'Row, row, row your boat'
  expect(foundedLines(verse, [piece]).text).toBe(verse)
})
