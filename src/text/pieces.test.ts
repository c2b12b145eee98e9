import { Tokenizer as Library } from '@huggingface/tokenizers'
import { describe, expect, it } from 'vitest'
import { pieces, pieceLength, type PieceForm } from './pieces.ts'
import { randomText, textKinds } from '../testing/random_text.ts'
import * as small from '../testing/small_tokenizers.ts'
import { openTokenizer, type Tokenizer } from './tokenizer.ts'
import type { TokenizerFiles } from './tokenizer_file.ts'

async function* inChunks(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

async function collect(text: string, tokenizer: Tokenizer, form: PieceForm, chunk = 1000) {
  const found = []
  for await (const piece of pieces(inChunks(text, chunk), tokenizer, form)) found.push(piece)
  return found
}

/** The library's ids of the whole text. */
function libraryIds(files: TokenizerFiles, text: string) {
  const library = new Library(
    JSON.parse(files.tokenizer) as object,
    JSON.parse(files.config!) as object,
  )
  return library.encode(text, { add_special_tokens: false }).ids
}

const patient = { timeout: 30_000 } // for busy machines

describe.each(Object.entries(small))('pieces with %s', patient, (_, files) => {
  const tokenizer = openTokenizer(files)

  it('give the ids of the whole text, of every kind of text', async () => {
    for (const [seed, kind] of textKinds.entries()) {
      const text = randomText(seed, 1000, kind)
      const form = { specials: 'control', boundary: 'start', length: 30 + 20 * seed } as const
      const found = await collect(text, tokenizer, form)
      expect(
        found.flatMap(({ ids }) => ids),
        kind,
      ).toEqual(libraryIds(files, text))
    }
  })

  it.each([2, 100, 1500])('give the ids of a mixed text: length %i', async (length) => {
    const text = randomText(length, 540 + 8 * length)
    const form = { specials: 'control', boundary: 'start', length } as const
    const found = await collect(text, tokenizer, form, 1 + 2 * length)
    expect(found.length).toBeGreaterThan(3)
    expect(found.flatMap(({ ids }) => ids)).toEqual(libraryIds(files, text))
  })

  it('give the ids of the whole text as data, in any boundary', async () => {
    for (const boundary of ['start', 'section', 'inside'] as const) {
      const text = randomText(7, 1400)
      const found = await collect(text, tokenizer, { specials: 'data', boundary, length: 300 })
      expect(found.flatMap(({ ids }) => ids)).toEqual(tokenizer.encode(text, 'data', boundary))
    }
  })

  it('say where each piece starts', async () => {
    const text = randomText(11, 14_000, 'prose')
    const found = await collect(text, tokenizer, { specials: 'data', boundary: 'start' })
    expect(found.length).toBeGreaterThan(2)
    expect(found[0]!.firstChar).toBe(0)
    for (const [i, piece] of found.entries()) {
      const end = found[i + 1]?.firstChar ?? text.length
      expect(piece.text).toBe(text.slice(piece.firstChar, end))
      expect(piece.text.length).toBeLessThanOrEqual(pieceLength + 512)
      // A decoder drops a piece's first space as if it were the one before every text.
      expect(tokenizer.decode(piece.ids).trimStart()).toBe(piece.text.trimStart())
    }
  })
})

describe('pieces', patient, () => {
  const tokenizer = openTokenizer(small.prependBpe)
  const form = { specials: 'data', boundary: 'start', length: 100 } as const

  it('of an empty text are none', async () => {
    expect(await collect('', tokenizer, form)).toEqual([])
  })

  it('ask for text only as they need it', async () => {
    let asked = 0
    async function* endless() {
      for (;;) {
        asked++
        yield 'the water and the wind '
      }
    }
    let taken = 0
    for await (const piece of pieces(endless(), tokenizer, form)) {
      taken += piece.ids.length
      if (taken > 1000) break
    }
    expect(asked * 'the water and the wind '.length).toBeLessThan(taken * 10 + 1000)
  })

  it('come to an end when no fresh start gives the same', async () => {
    const json = JSON.parse(small.byteBpe.tokenizer) as object
    const normalizer = { type: 'Replace', pattern: { Regex: '\\A' }, content: 'zzz' }
    const marking = openTokenizer({ tokenizer: JSON.stringify({ ...json, normalizer }) })
    const text = randomText(4, 1100, 'prose')
    const found = await collect(text, marking, { ...form, length: 64 })
    expect(found.map(({ ids }) => marking.decode(ids).replace('zzz', '')).join('')).toBe(text)
    expect(found.length).toBeGreaterThan(1)
  })

  it('let timers fire while they run', async () => {
    let fired = 0
    const timer = setInterval(() => fired++, 0)
    await collect(randomText(5, 20_000, 'prose'), tokenizer, { ...form, length: 1000 }, 20_000)
    clearInterval(timer)
    expect(fired).toBeGreaterThan(3)
  })

  it('keep runs without any word boundary aligned from their start', async () => {
    const crossing = openTokenizer(small.crossingBpe)
    for (const run of ['a', 'wa', '=', ' ', '水']) {
      const text = run.repeat(901)
      const found = await collect(text, crossing, form)
      expect(found.flatMap(({ ids }) => ids)).toEqual(crossing.encode(text, 'data', 'start'))
    }
  })

  it('keep words of a fixed length aligned where single tokens do not show them', async () => {
    const threes = openTokenizer(small.splitBpe)
    const text = '4'.repeat(1000) + '87'.repeat(200)
    const found = await collect(text, threes, form)
    expect(found.flatMap(({ ids }) => ids)).toEqual(threes.encode(text, 'data', 'start'))
  })
})
