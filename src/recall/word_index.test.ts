import { describe, expect, it } from 'vitest'
import { madeUpProse } from '../tasks/haystack.ts'
import { randomOf } from '../tasks/random.ts'
import { ownWords } from '../tasks/words.ts'
import { WordIndex } from './word_index.ts'

const patient = { timeout: 120_000 } // on busy machines

const prose = madeUpProse(randomOf('word index'), ownWords)
const passage = () => Array.from({ length: 6 }, () => prose.next().value).join(' ')

function indexOf(texts: readonly string[]): WordIndex {
  const index = new WordIndex()
  for (const text of texts) index.add(text)
  return index
}

/** Prose with this text in passage 20 of 40. */
function hiding(text: string): WordIndex {
  return indexOf(
    Array.from({ length: 40 }, (_, i) => (i === 20 ? `${passage()} ${text}` : passage())),
  )
}

function firstFound(index: WordIndex, question: string): number | undefined {
  return index.find(question, 1)[0]?.passage
}

describe('find', () => {
  it.each([
    ['The secret of zanzibar is 4711.', 'What is the secret of Zanzibar?'],
    [
      'Order 7c1e22aa-90f3-4b1c-8e77-0123456789ab was paid.',
      'Who paid 7c1e22aa-90f3-4b1c-8e77-0123456789ab?',
    ],
    ['Order 7c1e22aa-90f3 was paid.', 'What about the order that begins with 7c1e22aa?'],
    ['They sold 1,250 umbrellas.', 'How many were 1250?'],
    ['我们去公园吧，今天天气很好。', '今天天气好吗？'],
    ['Der Kapitän hieß Jörg Müller.', 'Wer ist Jorg Muller?'],
    ['She kept dancing with wolverines.', 'Which wolverine danced?'],
  ])('puts the passage first that holds what is asked: %s', (text, question) => {
    expect(firstFound(hiding(text), question)).toBe(20)
  })

  it('prefers a whole to its parts in other passages', () => {
    const lines = Array.from(
      { length: 50 },
      (_, i) => `the silent kettle of line ${i}, a loud harbour`,
    )
    lines[31] = 'the silent-harbour of line 31, a loud kettle'
    expect(firstFound(indexOf(lines), 'What about silent-harbour?')).toBe(31)
  })

  it('takes neighbours of the best before passages that stand far from it', () => {
    const texts = Array.from({ length: 30 }, passage)
    texts[10] = 'Zanzibar, Zanzibar and the quokka'
    const found = indexOf(texts).find('Zanzibar quokka', 8)
    expect(found.map((one) => one.passage).sort()).toEqual([10, 11, 9].sort())
    expect(found[0]?.passage).toBe(10)
  })

  it('gives at most so many, the best first', () => {
    const found = hiding('zanzibar').find('harbour station valley market zanzibar', 8)
    expect(found).toHaveLength(8)
    expect(found.map(({ score }) => score)).toEqual(
      found.map(({ score }) => score).sort((a, b) => b - a),
    )
  })

  it('finds in a document of one passage, and of two', () => {
    expect(firstFound(indexOf(['The boat was red.']), 'Which boat?')).toBe(0)
    expect(firstFound(indexOf([passage(), 'The zeppelin was red.']), 'Which zeppelin?')).toBe(1)
  })

  it.each(['', '?!', '…', 'What is it?', 'Who are you and why?', 'Quetzalcoatl?'])(
    'finds nothing for %j',
    (question) => {
      expect(hiding('The boat was red.').find(question, 8)).toEqual([])
    },
  )

  it('finds nothing in no document', () => {
    expect(new WordIndex().find('Which boat?', 8)).toEqual([])
  })

  it('finds nothing by words that stand in every passage', () => {
    const index = indexOf(Array.from({ length: 40 }, (_, i) => `entry ${i} of the ship's log`))
    expect(index.find('Which log of which ship?', 8)).toEqual([])
    expect(firstFound(index, 'Which log has entry 17?')).toBe(17)
  })

  it('finds nothing among a million identical lines, and the one that differs', patient, () => {
    const index = new WordIndex()
    const lines = 'red\n'.repeat(25)
    for (let i = 0; i < 40_000; i++) index.add(i === 30_000 ? `${lines}sank\n` : lines)
    expect(index.find('What is red?', 8)).toEqual([])
    expect(firstFound(index, 'Which red one sank?')).toBe(30_000)
  })
})

describe('bytes', () => {
  it('grow with the text by one word each, whatever the words', () => {
    const index = new WordIndex()
    for (let i = 0; i < 4000; i++) index.add(`${passage()} ${i}-${i * 7}`)
    const words = 4000 * 80
    expect(index.bytes).toBeLessThan(words * 4 * 1.5)
    expect(index.bytes).toBeGreaterThan(words)
  })
})
