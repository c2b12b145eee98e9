import { expect, test } from 'vitest'
import type { SurveyPart, SurveySummary } from '../../index.ts'
import { cost, foldOf, endNote, pieceName, progress } from './survey_texts.ts'

const part = (index: number, more: Partial<SurveyPart> = {}): SurveyPart => ({
  index,
  pieces: 3,
  passage: { firstChar: 0, length: 1, firstToken: 0, tokens: 1, text: 'x' },
  answer: `a${index}`,
  unfounded: 0,
  doubtful: false,
  cut: false,
  ...more,
})

test('the cost names pieces, tokens and time before anything starts', () => {
  const told = { pieces: 212, readTokens: 132_000, writtenTokens: 27_600 }
  const words = cost({ ...told, seconds: 840 })
  for (const figure of ['212 pieces', '132,000 tokens', '27,600', '14'])
    expect(words).toContain(figure)
  expect(cost(told), 'nothing was measured').toContain('shows once the first piece is done')
})

test('progress counts from one, with the time left', () => {
  expect(progress(2, 3, 90)).toMatch(/^Piece 3 of 3 · about 1\smin 30\ss left$/)
})

test('a piece is named by its place in the file, or by its number', () => {
  expect(pieceName(part(1), 'pages 3 to 4')).toBe('pages 3 to 4')
  expect(pieceName(part(1), '')).toBe('Piece 2')
  expect(foldOf([part(0), part(1, { answer: '' })])).toContain('1 of 2')
})

test('whatever is missing of an answer is said', () => {
  const summary = (more: Partial<SurveySummary>): SurveySummary => ({
    text: 'all',
    finish: 'end',
    parts: [part(0), part(1)],
    ...more,
  })
  expect(endNote(summary({}), true)).toContain('may leave some out')
  expect(endNote(summary({}), false), 'nothing was joined').toBe('')
  expect(endNote(summary({ finish: 'aborted' }), true)).toMatch(/^Stopped[^.]*\.$/)
  expect(endNote(summary({ finish: 'length' }), true)).toContain('longest answer')
  const worse = summary({ parts: [part(0, { unfounded: 2, cut: true }), part(1)] })
  expect(endNote(worse, false)).toMatch(/2 lines were left out.*one piece was cut/)
})
