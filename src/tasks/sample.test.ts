import { describe, expect, it } from 'vitest'
import { facts } from '../../training/templates.json'
import { sampleDocument } from './sample.ts'

const wordings = Object.values(facts)

/** The sentences of a text that answer the question, in any of the trained wordings. */
function statementsFor(question: string, text: string): string[] {
  for (const { questions, statements } of wordings) {
    const [before, after] = questions[0]!.split('{key}') as [string, string]
    if (!question.startsWith(before) || !question.endsWith(after)) continue
    const key = question.slice(before.length, question.length - after.length)
    const parts = statements.map((statement) => statement.replace('{key}', key).split('{value}'))
    return text
      .split(/(?<=\.)\s+/)
      .filter((sentence) => parts.some((some) => some.every((part) => sentence.includes(part))))
  }
  return []
}

describe('sampleDocument', () => {
  it('is the same for the same seed and another for another', () => {
    expect(sampleDocument(5000, 7)).toEqual(sampleDocument(5000, 7))
    expect(sampleDocument(5000, 8).text).not.toBe(sampleDocument(5000, 7).text)
  })

  it.each([500, 5000, 100_000])('has the length asked for: %d tokens', (tokens) => {
    const { text } = sampleDocument(tokens)
    expect(text.length / 4).toBeGreaterThanOrEqual(tokens)
    expect(text.length / 4).toBeLessThan(tokens + 500)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('states what it asks for, once, seed %d', (seed) => {
    const { text, questions } = sampleDocument(20_000, seed)
    expect(questions).toHaveLength(9)
    for (const { question, answer } of questions) {
      if (question === 'What is the pass key?') {
        expect(text.split(`The pass key is ${answer}. Remember it.`)).toHaveLength(2)
        continue
      }
      const stating = statementsFor(question, text)
      expect(stating, question).toHaveLength(1)
      expect(stating[0]).toContain(answer)
    }
  })

  it('spreads the facts over the document and fills every slot', () => {
    const { text, questions } = sampleDocument(50_000, 3)
    expect(text).not.toMatch(/[{}]/)
    const places = questions.map(({ answer }) => text.indexOf(answer) / text.length)
    expect(Math.min(...places)).toBeLessThan(0.2)
    expect(Math.max(...places)).toBeGreaterThan(0.6)
  })

  it('tells several things of the same kind apart by their keys alone', () => {
    const { text } = sampleDocument(20_000, 2)
    const codes = [...text.matchAll(/access code of (.+?) is (\d+)\./g)].map(([, key]) => key)
    expect(codes).toHaveLength(3)
    expect(new Set(codes).size).toBe(3)
  })
})
