import { describe, expect, it } from 'vitest'
import { inWords } from './memory_chart.ts'

const samples = (bytes: (i: number) => number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ tokens: i * 100, bytes: bytes(i) }))

describe('inWords', () => {
  const memory = { weights: 1e6, cache: 2e6, scratch: 1e6, peak: 4e6 }
  const grown = (tokens: number) => 2e6 + 1e3 * tokens
  const words = (bytes: (i: number) => number): string => {
    const all = samples(bytes, 11)
    return inWords(all, { samples: all, memory, totalTokens: 1000, grown }).replaceAll(
      '\u00a0',
      ' ',
    )
  }

  it('says that memory stayed, only when it did', () => {
    expect(words(() => 4e6)).toBe(
      'GPU memory stayed at 4 MB over 1,000 tokens; with a growing cache it would be 3 MB by now.',
    )
    expect(words((i) => 4e6 + i)).toMatch(/went from 4 MB to 4\.0000\d+ MB over/)
  })
})
