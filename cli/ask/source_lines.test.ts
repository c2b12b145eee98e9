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

it('says what the document does not speak of, and nothing where there is nothing to say', () => {
  expect(sourceLines({ ...ended, finish: 'absent' })).toEqual([
    expect.stringMatching(/does not speak of this.*--even-if-absent/),
  ])
  expect(sourceLines({ ...ended, doubtful: true })).toEqual([
    expect.stringMatching(/may be made up.*--doubt-below 0/),
  ])
  expect(sourceLines(ended)).toEqual([])
})
