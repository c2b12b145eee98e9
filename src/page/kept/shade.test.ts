import { describe, expect, it } from 'vitest'
import { measureHeat } from './heat.ts'
import { shadePiece, stretchEnds } from './shade.ts'

const sentence =
  'The wind went round to the west and the rain came down on the deck all night long. '

describe('stretchEnds', () => {
  it('ends stretches after sentences and covers the text', () => {
    const text = sentence.repeat(20)
    const ends = stretchEnds(text)
    expect(ends).toEqual(Array.from({ length: 20 }, (_, i) => (i + 1) * sentence.length))
  })

  it('ends at a blank where no sentence ends', () => {
    const text = 'word '.repeat(200)
    for (const end of stretchEnds(text).slice(0, -1)) expect(text[end - 1]).toBe(' ')
    expect(stretchEnds(text).at(-1)).toBe(text.length)
  })

  it('splits no surrogate pair of a text without blanks', () => {
    for (const text of ['🐋'.repeat(500), `a${'🐋'.repeat(500)}`]) {
      for (const end of stretchEnds(text))
        expect(text.slice(0, end)).not.toMatch(/[\ud800-\udbff]$/)
    }
  })

  it('has nothing to end in an empty text', () => {
    expect(stretchEnds('')).toEqual([])
  })
})

describe('shadePiece', () => {
  it('keeps every character and joins neighbours of one level', async () => {
    const retained = new Float32Array(400)
    retained.fill(1, 200)
    const text = sentence.repeat(16)
    const shades = shadePiece(text, 0, 400, await measureHeat(retained))
    expect(shades.map((shade) => shade.text).join('')).toBe(text)
    expect(shades.map((shade) => shade.level)).toEqual([0, 5])
    expect(shades[0]!.text.length).toBe(text.length / 2)
  })
})
