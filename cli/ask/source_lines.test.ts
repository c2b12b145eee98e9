import { expect, it } from 'vitest'
import { sourceLines } from './source_lines.ts'

const passage = {
  firstChar: 40,
  length: 20,
  firstToken: 9,
  tokens: 5,
  text: ' The boat\nwas red.\n',
}

const ended = { finish: 'end', sources: [], doubtful: false } as const

it('says where each source stands and how it begins', () => {
  const long = { ...passage, firstChar: 0, length: 900, text: 'word '.repeat(180) }
  const [first = '', second = ''] = sourceLines({ ...ended, sources: [passage, long] })
  expect(first).toBe('[1] characters 40–60: The boat was red.')
  expect(second).toMatch(/^\[2\] characters 0–900: word .*…$/)
  expect(second.length).toBeLessThan(200)
})

it('says the page, chapter or time where the document has them', () => {
  const page = (value: number) => ({ kind: 'page', value }) as const
  const sources = [
    { ...passage, place: page(12) },
    { ...passage, place: page(12), placeEnd: page(13) },
    { ...passage, place: { kind: 'chapter', value: 'The Letter' } as const },
    { ...passage, place: { kind: 'time', value: 3723.5 } as const },
    { ...passage, place: { kind: 'sheet', value: 'Costs', row: 4 } as const },
  ]
  expect(sourceLines({ ...ended, sources }).map((line) => line.split(': ')[0])).toEqual([
    '[1] page 12',
    '[2] pages 12–13',
    '[3] chapter “The Letter”',
    '[4] 1:02:03',
    '[5] sheet “Costs”, row 4',
  ])
})

it('says what the document does not speak of, and nothing where there is nothing to say', () => {
  expect(sourceLines({ ...ended, finish: 'absent' })).toEqual([
    expect.stringMatching(/does not speak of this.*--even-if-absent/),
  ])
  expect(sourceLines({ ...ended, doubtful: true })).toEqual([
    expect.stringMatching(/may be made up.*--doubt-below 0/),
  ])
  expect(sourceLines(ended)).toEqual([])
})
