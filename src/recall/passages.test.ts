import { describe, expect, it } from 'vitest'
import { randomText, textKinds } from '../testing/random_text.ts'
import * as small from '../testing/small_tokenizers.ts'
import { pieces } from '../text/pieces.ts'
import { openTokenizer, type Tokenizer } from '../text/tokenizer.ts'
import { usualLength } from '../plan/passage_room.ts'
import { PassageCutter, type Passage } from './passages.ts'

async function* inChunks(text: string) {
  for (let at = 0; at < text.length; at += 5000) yield text.slice(at, at + 5000)
}

const short = { target: 20, most: 30 }
const byteLevel = openTokenizer(small.byteBpe)

async function cut(text: string, tokenizer: Tokenizer, length = short): Promise<Passage[]> {
  const encoding = { tokenizer, specials: 'data', boundary: 'inside' } as const
  const cutter = new PassageCutter(encoding, length)
  const passages: Passage[] = []
  for await (const piece of pieces(inChunks(text), tokenizer, { ...encoding, length: 700 }))
    passages.push(...cutter.push(piece.ids, piece.text))
  return [...passages, ...cutter.end()]
}

/** One after the other they are the document: its ids and its text. */
function expectWhole(passages: readonly Passage[], text: string, tokenizer: Tokenizer): void {
  expect(passages.flatMap(({ ids }) => ids)).toEqual(tokenizer.encode(text, 'data', 'inside'))
  expect(passages.map((passage) => passage.text).join('')).toBe(text)
  let token = 0
  let char = 0
  for (const passage of passages) {
    expect([passage.firstToken, passage.firstChar]).toEqual([token, char])
    token += passage.ids.length
    char += passage.text.length
  }
}

const patient = { timeout: 60_000 } // on busy machines

describe.each(Object.entries(small))('passages with %s', patient, (_, files) => {
  const tokenizer = openTokenizer(files)

  it.each(textKinds.map((kind, seed) => [kind, seed] as const))(
    'are the document: %s',
    async (kind, seed) => {
      const text = randomText(seed, 2500, kind)
      const passages = await cut(text, tokenizer)
      expect(passages.length).toBeGreaterThan(2)
      expect(Math.max(...passages.map(({ ids }) => ids.length))).toBeLessThanOrEqual(short.most)
      expectWhole(passages, text, tokenizer)
    },
  )
})

describe('a passage', patient, () => {
  const sentences = Array.from(
    { length: 60 },
    (_, i) => `The old man sang to the wind ${'and the rain '.repeat(i % 4)}on day ${i}.`,
  )

  it('ends with a sentence where one ends near its target length', async () => {
    const passages = await cut(sentences.join(' '), byteLevel, { target: 60, most: 90 })
    expect(passages.length).toBeGreaterThan(5)
    for (const { text } of passages) expect(text).toMatch(/\.$/)
  })

  it('ends with a line in a table, and never between a key and its value', async () => {
    const table = Array.from({ length: 80 }, (_, i) => `the key ${i}\tvalue ${i * 7}`).join('\n')
    for (const { text } of (await cut(table, byteLevel)).slice(0, -1)) expect(text).toMatch(/\d\n$/)
    const json = Array.from({ length: 80 }, (_, i) => `"key${i}": "value${i * 7}"`).join(', ')
    for (const { text } of (await cut(json, byteLevel)).slice(0, -1)) expect(text).toMatch(/",$/)
  })

  it('ends between words where the text pauses nowhere', async () => {
    const passages = await cut('water boat wind island rain child '.repeat(60), byteLevel)
    expect(passages.length).toBeGreaterThan(5)
    for (const { text } of passages.slice(1))
      expect(text).toMatch(/^ (water|boat|wind|island|rain|child)\b/)
    for (const { text } of passages) expect(text).toMatch(/(water|boat|wind|island|rain|child) ?$/)
  })

  it('ends with a sentence of a script without spaces', async () => {
    const text = '今天天气很好，我们去公园吧。日本語の文章です。'.repeat(20)
    const passages = await cut(text, byteLevel, { target: 60, most: 90 })
    expect(passages.length).toBeGreaterThan(5)
    for (const { text } of passages) expect(text).toMatch(/。$/)
  })

  it('is the whole of a document that is shorter', async () => {
    const passages = await cut('The old man.', byteLevel, usualLength)
    expect(passages).toHaveLength(1)
    expectWhole(passages, 'The old man.', byteLevel)
  })

  it('is none of no text', async () => {
    expect(await cut('', byteLevel)).toEqual([])
  })

  it('does not count what leads the document', () => {
    const ids = byteLevel.encode('\nThe old man.', 'data', 'inside')
    const cutter = new PassageCutter({
      tokenizer: byteLevel,
      specials: 'data',
      boundary: 'inside',
      lead: 1,
    })
    const passages = [...cutter.push(ids, '\nThe old man.'), ...cutter.end()]
    expect(passages).toEqual([{ firstToken: 0, ids, firstChar: 0, text: 'The old man.' }])
  })
})

describe('text without any place to cut', { timeout: 120_000 }, () => {
  it('is cut between characters: one long line', async () => {
    const text = 'ACGTTGCAACGGTA'.repeat(4_000)
    const passages = await cut(text, byteLevel, usualLength)
    expectWhole(passages, text, byteLevel)
    expect(Math.max(...passages.map(({ ids }) => ids.length))).toBeLessThanOrEqual(usualLength.most)
  })

  it('is cut outside of surrogate pairs', async () => {
    const text = '🦊🌊🎈'.repeat(300)
    const passages = await cut(text, byteLevel)
    expectWhole(passages, text, byteLevel)
    for (const passage of passages) expect(passage.text).not.toMatch(/^[\udc00-\udfff]/)
  })
})
