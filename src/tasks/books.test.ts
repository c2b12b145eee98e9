import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bookDocuments, type BookQuestion } from './books.ts'

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '').length
const book = Array.from({ length: 40 }, (_, i) => `Room ${i} is ${i % 2 ? 'green' : 'red'}.`).join(
  '\n\n',
)
const about = (room: number): BookQuestion => ({
  question: `What colour is room ${room}?`,
  answers: [room % 2 ? 'green' : 'red'],
  evidence: `Room ${room} is ${room % 2 ? 'green' : 'red'}.`,
})

test('every question goes with the part that holds its evidence, and parts have the wanted length', () => {
  const parts = bookDocuments(book, [about(3), about(17), about(39)], 40, words)
  expect(parts.map(({ questions }) => questions.map(({ question }) => question))).toEqual([
    ['What colour is room 3?'],
    ['What colour is room 17?'],
    ['What colour is room 39?'],
  ])
  for (const { context } of parts) expect(words(context)).toBeLessThanOrEqual(40)
  expect(parts[1]?.context).toContain('Room 17 is green.')
})

test('a whole book is one part with all its questions', () => {
  const parts = bookDocuments(book, [about(3), about(39)], 1e6, words)
  expect(parts).toHaveLength(1)
  expect(parts[0]?.context).toBe(book)
  expect(parts[0]?.questions).toHaveLength(2)
})

test('a book of another edition is refused with the question that it does not answer', () => {
  expect(() => bookDocuments(book, [about(77)], 40, words)).toThrow('What colour is room 77?')
})

test('there are thirty questions about each of three books, none of which says its answer', () => {
  const folder = new URL('./books/', import.meta.url)
  const files = readdirSync(folder)
  expect(files).toEqual(['alice.jsonl', 'emma.jsonl', 'thursday.jsonl'])
  for (const file of files) {
    const lines = readFileSync(new URL(file, folder), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(30)
    for (const line of lines) {
      const { question, answers, evidence } = JSON.parse(line) as BookQuestion
      expect(evidence.length).toBeGreaterThanOrEqual(20)
      for (const answer of answers) {
        const said = new RegExp(`\\b${answer}\\b`, 'i').test(question)
        expect(said, `'${question}' says its answer '${answer}'`).toBe(false)
      }
    }
  }
})
