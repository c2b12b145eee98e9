// Every metric on examples of its benchmark, or computed by hand from its definition.
import { expect, test } from 'vitest'
import {
  amongWords,
  anyWords,
  exact,
  firstInteger,
  firstNumber,
  matchAll,
  matchAny,
  rougeL,
  wordF1,
} from './metrics.ts'

test('RULER counts the share of answers that occur, whatever their case', () => {
  const answers = ['ABCDE', 'FGHIJ', 'KLMNO', 'PQRST']
  expect(matchAll('ABCDE, fghij and XYZ', answers)).toBe(0.5)
  expect(matchAll('', answers)).toBe(0)
  expect(matchAll(' 1234567.', ['1234567'])).toBe(1)
  expect(matchAny('it is FGHIJ', answers)).toBe(1)
  expect(matchAny('nothing', answers)).toBe(0)
})

test('a book’s answer counts as whole words, whatever case and punctuation', () => {
  expect(anyWords('She plays the Barrel-organ, I think.', ['barrel organ'])).toBe(1)
  expect(anyWords('It was a scrabble.', ['crab'])).toBe(0)
  expect(anyWords('', ['crab'])).toBe(0)
})

test('InfiniteBench takes the first integer for pass keys', () => {
  expect(firstInteger(' 71432. Remember it. 99999', ['71432'])).toBe(1)
  expect(firstInteger('the 1st is 71432', ['71432'])).toBe(0)
  expect(firstInteger('no number', ['71432'])).toBe(0)
})

test('LongEval compares the first number with the register, brackets or not', () => {
  expect(firstInteger(' <2416>', ['2416'])).toBe(1)
})

test('math find takes the first number, sign and decimals included', () => {
  expect(firstNumber(' 49.5, not 50', ['49.5'])).toBe(1)
  expect(firstNumber('50.0', ['50'])).toBe(1)
  expect(firstNumber('-5', ['5'])).toBe(0)
})

test('KV retrieval wants the value as a word of its own', () => {
  const value = '68143a50-d08d-41bd-9c74-f56e875d4020'
  expect(amongWords(`"${value}",\n"next`, [value])).toBe(1)
  expect(amongWords(`${value}9`, [value])).toBe(0)
})

test('exact match ignores case and white space around', () => {
  expect(exact(' The Cellar\n', ['the cellar'])).toBe(1)
  expect(exact('the cellar door', ['the cellar'])).toBe(0)
})

test('F1 over words without articles and punctuation, best of the answers', () => {
  // {cat, sat, on, mat} and {cat, mat}: precision 2/4, recall 2/2
  expect(wordF1('The cat sat on the mat.', ['a cat, mat'])).toBeCloseTo(2 / 3)
  expect(wordF1('blue', ['green', 'Blue!'])).toBe(1)
  expect(wordF1('cat cat cat', ['cat'])).toBeCloseTo(0.5) // counted as often as it occurs in both
})

test("ROUGE-L on Lin's example: police killed the gunman", () => {
  const reference = ['police killed the gunman']
  expect(rougeL('police kill the gunman', reference)).toBeCloseTo(0.75)
  expect(rougeL('the gunman kill police', reference)).toBeCloseTo(0.5)
})
