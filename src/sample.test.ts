import { describe, expect, it } from 'vitest'
import { sampleDocument } from './sample.ts'

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

  it.each([1, 2, 3, 4, 5])('states every answer in the text, seed %d', (seed) => {
    const { text, questions } = sampleDocument(20_000, seed)
    expect(questions.length).toBeGreaterThanOrEqual(8)
    for (const { answer } of questions) expect(text).toContain(answer)
  })

  it('gives each code to one thing and spreads the facts over the document', () => {
    const { text, questions } = sampleDocument(50_000, 3)
    const codes = [...text.matchAll(/The code for the ([a-z ]+) is (\d{4})\./g)]
    expect(codes.map(([, place]) => place)).toEqual([
      'medicine locker',
      'lamp store',
      'spirit room',
      'chart room',
    ])
    expect(codes[0]![2]).toBe(questions[0]!.answer)
    expect(codes[0]!.index).toBeLessThan(text.length * 0.1)
    expect(codes[3]!.index).toBeGreaterThan(text.length * 0.8)
  })

  it('tells the later of two numbers when one is corrected', () => {
    const { text, questions } = sampleDocument(20_000, 2)
    const signals = [...text.matchAll(/two flags over the number (\d+)/g)].map(
      ([, number]) => number,
    )
    const asked = questions.find(({ question }) => question.includes('recall signal'))
    expect(signals).toHaveLength(2)
    expect(asked!.answer).toBe(signals[1])
    expect(asked!.answer).not.toBe(signals[0])
  })
})
