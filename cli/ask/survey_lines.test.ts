import { expect, it } from 'vitest'
import { costLine, partLines } from './survey_lines.ts'

const part = {
  index: 1,
  pieces: 12,
  passage: { firstChar: 40, length: 900, firstToken: 9, tokens: 300, text: 'x' },
  answer: '- 4821\n- 7713',
  unfounded: 0,
  doubtful: false,
  cut: false,
}

it('says what a survey costs, and how long it takes where that is known', () => {
  const cost = { pieces: 12, readTokens: 6000, writtenTokens: 1800 }
  expect(costLine(cost)).toMatch(/12 pieces: 6000 tokens, and writes 1800 at most$/)
  expect(costLine({ ...cost, seconds: 61.2 })).toContain('62 s')
})

it('says what each piece answered, where it stands and what was left out', () => {
  expect(partLines(part, false)).toEqual(['[2/12] characters 40–940:'])
  expect(partLines(part, true)).toEqual(['[2/12] characters 40–940:', '  - 4821', '  - 7713'])
  expect(partLines({ ...part, doubtful: true }, false)[1]).toContain('may be made up')
  const place = { kind: 'page', value: 12 } as const
  const nothing = { ...part, answer: '', unfounded: 2, passage: { ...part.passage, place } }
  expect(partLines(nothing, true)).toEqual([
    '[2/12] page 12: nothing',
    '  (2 lines left out: numbers that are not there)',
  ])
})
