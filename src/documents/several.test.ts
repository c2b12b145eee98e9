// Several texts as one: titles between them, and places that say of which text they are.
import { expect, it } from 'vitest'
import { placeAt } from './place_map.ts'
import { placeWords, rangeWords } from './place_words.ts'
import { joinTexts, titleAmong } from './several.ts'

const nowhere = { firstChar: new Float64Array(0), place: [] }

it('are joined in their order, and each place leads to its text and its title', async () => {
  const log = {
    title: undefined,
    path: 'sea/Log',
    blob: new Blob(['The ship left – late.']),
    length: 21, // UTF-16 units, not bytes
    places: nowhere,
  }
  const book = {
    title: 'Emma',
    path: 'emma.pdf',
    blob: new Blob(['Front. I was. She was.']),
    length: 22,
    places: {
      firstChar: Float64Array.of(7, 14),
      place: [
        { kind: 'page', value: 1 },
        { kind: 'page', value: 2 },
      ] as const,
    },
  }
  const { blob, places } = joinTexts([log, book])
  const text = await blob.text()
  expect(text).toBe('# Log\n\nThe ship left – late.\n\n# Emma\n\nFront. I was. She was.')
  const whereIs = (words: string) => {
    const place = placeAt(places, text.indexOf(words))
    return place && placeWords(place)
  }
  expect(['late', '# Emma', 'Front', 'I was', 'She was'].map(whereIs)).toEqual([
    '“Log”',
    '“Emma”',
    '“Emma”',
    '“Emma”, page 1',
    '“Emma”, page 2',
  ])
})

it('have ranges that name a document once, and both where they go from one to another', () => {
  const page = (of: string, value: number) => ({ kind: 'page', value, of }) as const
  const start = { kind: 'document', value: 'Emma' } as const
  expect(rangeWords(page('Emma', 1), page('Emma', 2))).toBe('“Emma”, pages 1–2')
  expect(rangeWords(start, page('Emma', 2))).toBe('“Emma”, page 2')
  expect(rangeWords(start, start)).toBe('“Emma”')
  expect(rangeWords(page('Log', 9), start)).toBe('“Log”, page 9 – “Emma”')
  expect(rangeWords(page('Log', 9), page('Emma', 9))).toBe('“Log”, page 9 – “Emma”, page 9')
})

it('have titles that can be told apart', () => {
  const taken = new Set(['Emma', 'notes.txt'])
  expect(titleAmong(taken, undefined, 'a/log.txt')).toBe('log.txt')
  expect(titleAmong(taken, ' The\nLog ', 'log.pdf')).toBe('The Log')
  expect(titleAmong(taken, 'Emma', 'b/emma.epub')).toBe('Emma (b/emma.epub)')
  expect(titleAmong(taken, '  ', 'b/notes.txt')).toBe('notes.txt (b/notes.txt)')
})
