import { describe, expect, it } from 'vitest'
import { readDocument } from '../documents.fixture.ts'
import { column, pdfFile } from './pdf.fixture.ts'

/** Words that fill a column of 240 points at 11 points. */
const left = [
  'The boat left the harbour early in the',
  'morning with nine men and a cargo of',
  'salt. Its captain had been told to wait',
  'for the tide, which nobody believed to be',
  'necessary after a night as calm as the',
  'last had been, and so they rowed.',
]
const right = [
  'Far out the wind rose and turned to the',
  'north. The captain ordered the extra-',
  'ordinary measure of throwing the salt',
  'into the sea, sack by sack, until the',
  'boat lay high enough to run before the',
  'storm, which it did until nightfall.',
]

describe('a PDF', () => {
  it('is read page by page, each a place, its lines joined to paragraphs', async () => {
    const pages = [column(left, 50, 700), column(right, 50, 700)]
    const { format, title, places, notes } = await readDocument(pdfFile({ pages, title: 'Salt' }))
    expect({ format, title, notes }).toEqual({ format: 'pdf', title: 'Salt', notes: [] })
    expect(places).toEqual([
      ['page 1', `${left.join(' ')}\n`],
      ['page 2', expect.stringMatching(/^Far out .* ordered the extraordinary measure .*\.\n$/)],
    ])
  })

  it.each([
    ['90ms-RKSJ-H', 'Japan1', '\x93\xfa\x96\x7b\x8c\xea', '日本語'],
    ['UniJIS-UCS2-H', 'Japan1', '\x65\xe5\x67\x2c\x8a\x9e', '日本語'],
    ['GBK-EUC-H', 'GB1', '\xd6\xd0\xce\xc4', '中文'],
    ['ETen-B5-H', 'CNS1', '\xa4\xa4\xa4\xe5', '中文'],
    ['KSCms-UHC-H', 'Korea1', '\xc7\xd1\xb1\xdb', '한글'],
  ])(
    'knows the character map %s, which the file only names',
    async (map, ordering, codes, words) => {
      const pages = [[{ text: codes, x: 50, y: 700 }]]
      const { text } = await readDocument(pdfFile({ pages, predefined: { map, ordering } }))
      expect(text).toBe(`${words}\n`)
    },
  )

  it('goes on with a paragraph over pages, and with a word that a page’s end divides', async () => {
    const pages = [['The captain was an extra-'], ['ordinary man who'], ['slept. A lot']]
    const { text, places } = await readDocument(
      pdfFile({ pages: pages.map((lines) => column(lines, 50, 700)) }),
    )
    expect(text).toBe('The captain was an extraordinary man who slept. A lot\n')
    expect(places[1]).toEqual(['page 2', 'ordinary man who '])
  })

  it('reads columns one after the other, whatever order they are drawn in, and titles between them', async () => {
    const rows = left.flatMap((line, i) => [
      { text: line, x: 50, y: 700 - 14 * i },
      { text: right[i] ?? '', x: 320, y: 700 - 14 * i },
    ])
    const title = {
      text: 'A title that stands across both of the columns',
      x: 120,
      y: 760,
      size: 18,
    }
    const again = {
      text: 'A second title that stands across both columns',
      x: 120,
      y: 580,
      size: 18,
    }
    const below = [...column(right, 50, 540), ...column(left, 320, 540)]
    const { text } = await readDocument(pdfFile({ pages: [[title, ...rows, again, ...below]] }))
    const order = ['A title', 'The boat', 'Far out', 'A second', 'Far out', 'The boat', 'rowed']
    let at = -1
    for (const words of order) {
      const next = text.indexOf(words, at + 1)
      expect(next, words).toBeGreaterThan(at)
      at = next
    }
  })

  it('reads a table row by row: its cells are no columns', async () => {
    const cells = Array.from({ length: 8 }, (_, i) => [
      { text: `Item ${i}`, x: 50, y: 700 - 14 * i },
      { text: `${i}.50`, x: 300, y: 700 - 14 * i },
    ])
    const { text } = await readDocument(pdfFile({ pages: [cells.flat()] }))
    expect(text).toMatch(/Item 0\s0\.50\sItem 1\s1\.50/)
  })

  it('leaves out headers and footers that repeat, and says so', async () => {
    const pages = Array.from({ length: 9 }, (_, i) => [
      { text: i % 2 === 0 ? 'THE SALT' : 'A. Writer', x: 250, y: 780 },
      ...column([`Page of the number ${'abcdefghi'[i] ?? ''}.`, 'Other words.'], 50, 700),
      { text: `- ${i + 1} -`, x: 290, y: 20 },
    ])
    const { text, notes } = await readDocument(pdfFile({ pages }))
    expect(text).not.toMatch(/SALT|Writer|- \d/)
    expect(text.match(/Page of the number/g)).toHaveLength(9)
    expect(notes).toEqual([
      'Lines that repeat at the top or bottom of pages were left out: “- # -”, “the salt”, “a. writer” (# is a number).',
    ])
  })

  it('keeps right-to-left text in logical order', async () => {
    // shin, lamed, vav, final mem: drawn from the left, as they stand on the page, the last letter first
    const unicode = { 0x41: '\u05dd', 0x42: '\u05d5', 0x43: '\u05dc', 0x44: '\u05e9' }
    const { text } = await readDocument(
      pdfFile({ pages: [[{ text: 'ABCD', x: 200, y: 700 }]], unicode }),
    )
    expect(text).toBe('שלום\n')
  })

  it('keeps vertical text in the order of its lines', async () => {
    const unicode = { 1: '春', 2: 'は', 3: 'あ', 4: 'け', 5: '夏', 6: 'は', 7: '夜' }
    const text = (codes: readonly number[]) =>
      codes.map((code) => `\0${String.fromCharCode(code)}`).join('')
    const page = [
      { text: text([1, 2, 3, 4]), x: 500, y: 700 },
      { text: text([5, 6, 7]), x: 480, y: 700 },
    ]
    const read = await readDocument(pdfFile({ pages: [page], unicode, isVertical: true }))
    expect(read.text.replaceAll('\n', '')).toBe('春はあけ夏は夜')
  })

  it('names pages without text, and is refused as a scan where no page has any', async () => {
    const words = column(['Some words.'], 50, 700)
    const mixed = await readDocument(pdfFile({ pages: [words, words, [], words, [], [], []] }))
    expect(mixed.notes).toContain('Pages 3, 5–7 have no text layer (they may be scans).')
    await expect(readDocument(pdfFile({ pages: [[], []] }))).rejects.toMatchObject({
      code: 'bad-input',
      message:
        'the document is a scan: none of its 2 pages has a text layer; run text recognition (OCR) over it first, then read the result',
    })
  })

  it('asks for the password of an encrypted file, and says when it is wrong', async () => {
    const file = pdfFile({ pages: [column(left, 50, 700)], password: 'sesame', title: 'Locked' })
    await expect(readDocument(file)).rejects.toMatchObject({
      code: 'needs-password',
      message: 'the document is an encrypted PDF; give its password',
    })
    await expect(readDocument(file, { password: 'Sesame' })).rejects.toMatchObject({
      code: 'needs-password',
      message: expect.stringMatching(/password does not open/) as string,
    })
    const { text, title } = await readDocument(file, { password: 'sesame' })
    expect(title).toBe('Locked')
    expect(text).toBe(`${left.join(' ')}\n`)
  })

  it('that lies about its pages is read as far as it goes', async () => {
    const pages = [column(['The first page.'], 50, 700), column(['The second page.'], 50, 700)]
    for (const count of [1_000_000, 3, 2]) {
      const { places } = await readDocument(pdfFile({ pages, count }))
      expect(places.map(([place]) => place)).toEqual(['page 1', 'page 2'])
    }
  })

  it('that is cut is read as far as it goes, or refused in a sentence', async () => {
    const whole = pdfFile({ pages: [column(left, 50, 700), column(right, 50, 700)] })
    for (const share of [0.9, 0.5, 0.1, 0.01]) {
      const cut = whole.slice(0, Math.ceil(whole.size * share))
      const read = await readDocument(cut).catch((error: unknown) => error)
      if (read instanceof Error) expect(read).toMatchObject({ code: 'bad-input' })
      else expect(read).toMatchObject({ format: 'pdf' })
    }
  })

  it('whose file disappears while it is read ends in a sentence', async () => {
    const whole = pdfFile({ pages: Array.from({ length: 60 }, () => column(left, 50, 700)) })
    let reads = 0
    const vanishing = Object.create(whole, {
      size: { value: 2 ** 20 },
      slice: {
        value: (start: number, end: number) => {
          reads += 1
          const gone = new DOMException('gone', 'NotReadableError')
          if (reads > 1) return { arrayBuffer: () => Promise.reject(gone) }
          return whole.slice(start, end)
        },
      },
    }) as Blob
    await expect(readDocument(vanishing)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/can no longer be read/) as string,
    })
  })

  it('beyond what the parser reserves room for is refused with both numbers', async () => {
    const huge = Object.create(pdfFile({ pages: [[]] }), { size: { value: 2 ** 31 } }) as Blob
    await expect(readDocument(huge)).rejects.toMatchObject({
      message:
        'the document has 2,147,483,648 bytes of PDF, and at most 1,073,741,824 are read; divide it',
    })
  })
})
