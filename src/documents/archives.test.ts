// Documents that lie in ZIP archives: what is read of them, and what is refused.
import { describe, expect, it } from 'vitest'
import {
  docxFile,
  epubFile,
  paragraph,
  presentation,
  readDocument,
  workbook,
  zipped,
} from './documents.fixture.ts'
import { openZip } from './zip.ts'

const row = (...cells: string[]) =>
  `<w:tr>${cells.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`

describe('a Word document', () => {
  it('is read with its headings as places, lists and tables a line for each item and row', async () => {
    const body = [
      paragraph('The Plan', 'Heading1'),
      paragraph('We leave on Monday.'),
      `<w:tbl>${row('Name', 'City')}${row('Ann', 'Oslo')}</w:tbl>`,
      paragraph('The Way Back', 'Heading2'),
      paragraph('Nobody knows.'),
    ].join('')
    const { format, text, places } = await readDocument(docxFile(body))
    expect(format).toBe('docx')
    expect(text).toBe(
      'The Plan\n\nWe leave on Monday.\n\nName | City\nAnn | Oslo\n\nThe Way Back\n\nNobody knows.\n',
    )
    expect(places.map(([place]) => place)).toEqual(['heading “The Plan”', 'heading “The Way Back”'])
  })

  it('has its footnotes at the end', async () => {
    const reference = '<w:p><w:r><w:t>Salt</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
    const { text } = await readDocument(
      docxFile(reference, {
        'word/footnotes.xml': `<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">${paragraph('Of the sea.')}</w:footnote></w:footnotes>`,
        'word/_rels/document.xml.rels':
          '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="f" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>',
      }),
    )
    expect(text).toMatch(/^Salt\[1\]\n\n1\. Of the sea\. /)
  })

  it('that declares entities is refused: none is resolved and nothing is fetched', async () => {
    const file = zipped({
      '[Content_Types].xml': '<Types/>',
      'word/document.xml':
        '<!DOCTYPE w [<!ENTITY leak SYSTEM "file:///etc/passwd">]><w:document>&leak;</w:document>',
    })
    await expect(readDocument(file)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/declares a document type in word\/document\.xml/) as string,
    })
  })
})

describe('an EPUB book', () => {
  it('is read in the order of its spine, its titles as places', async () => {
    const { format, title, text, places } = await readDocument(
      epubFile([
        { title: 'The Letter', body: '<h1>I</h1><p>It came <i>late</i>.</p>' },
        { title: 'The Answer', body: '<p>Nobody<br/>answered.</p>' },
      ]),
    )
    expect({ format, title }).toEqual({ format: 'epub', title: 'The Book' })
    expect(text).toBe('I\n\nIt came late.\n\nNobody\nanswered.\n\n')
    expect(places).toEqual([
      ['chapter “The Letter”', 'I\n\nIt came late.\n\n'],
      ['chapter “The Answer”', 'Nobody\nanswered.\n\n'],
    ])
  })

  it('has chapters where its table of contents leads, within a file too', async () => {
    const body = '<p>Before.</p><h2 id="b">B</h2><p>Second.</p>'
    const { places } = await readDocument(
      epubFile([{ title: 'A', body }], {
        'OEBPS/toc.ncx':
          '<ncx><navMap><navPoint><navLabel><text>A</text></navLabel><content src="text/c1.xhtml"/></navPoint><navPoint><navLabel><text>Part B</text></navLabel><content src="text/c1.xhtml#b"/></navPoint></navMap></ncx>',
      }),
    )
    expect(places).toEqual([
      ['chapter “A”', 'Before.\n\n'],
      ['chapter “Part B”', 'B\n\nSecond.\n\n'],
    ])
  })

  it('runs no script and follows no address that leads out of it', async () => {
    const { text, notes } = await readDocument(
      epubFile([
        {
          title: 'Trap',
          body: '<script>globalThis.trapped = true</script><img src="x" onerror="globalThis.trapped = true"/><p>Text.</p>',
        },
        { title: 'Out', href: '../../../etc/passwd', body: '' },
      ]),
    )
    expect(text).toBe('Text.\n\n')
    expect(notes).toEqual(['Left out, as the address leads out of the book: 1 chapter.'])
    expect('trapped' in globalThis).toBe(false)
  })
})

describe('slides and sheets', () => {
  it('of PowerPoint are read in their order with their notes', async () => {
    const { format, places } = await readDocument(presentation())
    expect(format).toBe('pptx')
    expect(places).toEqual([
      ['slide 1', 'The beginning\nSay hello\n\n'],
      ['slide 2', 'The end\n\n'],
    ])
  })

  it('that PowerPoint lists again and again are read once', async () => {
    const path = 'ppt/slides/slide1.xml'
    const { text } = await readDocument(
      zipped({
        'ppt/presentation.xml': `<p:presentation>${'<p:sldId id="1" r:id="r1"/>'.repeat(3)}</p:presentation>`,
        'ppt/_rels/presentation.xml.rels':
          '<Relationships><Relationship Id="r1" Target="slides/slide1.xml"/></Relationships>',
        [path]: '<p:sld><a:p><a:t>Once</a:t></a:p></p:sld>',
      }),
    )
    expect(text).toBe('Once\n\n')
  })

  it('of Excel are read row by row behind their columns’ names, dates as dates', async () => {
    const { format, places } = await readDocument(workbook())
    expect(format).toBe('xlsx')
    expect(places).toEqual([
      ['sheet “Costs”, row 1', 'Item |  | Day\n'],
      ['sheet “Costs”, row 4', 'Item: Bread; Day: 2026-01-05\n\n'],
    ])
  })

  it('of OpenDocument are read as text, slides or sheets', async () => {
    const odf = (kind: string, body: string) =>
      zipped({
        mimetype: `application/vnd.oasis.opendocument.${kind}`,
        'content.xml': `<office:document-content><office:body>${body}</office:body></office:document-content>`,
      })
    const text = await readDocument(
      odf(
        'text',
        '<office:text><text:h>One</text:h><text:p>A<text:s text:c="2"/>b<text:note><text:note-body><text:p>why</text:p></text:note-body></text:note></text:p></office:text>',
      ),
    )
    expect(text.places).toEqual([['heading “One”', 'One\n\nA  b [why]\n\n']])
    const cell = (words: string) => `<table:table-cell><text:p>${words}</text:p></table:table-cell>`
    const sheet = await readDocument(
      odf(
        'spreadsheet',
        `<office:spreadsheet><table:table table:name="S"><table:table-row>${cell('Name')}${cell('City')}</table:table-row><table:table-row>${cell('Ann')}${cell('Oslo')}<table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table></office:spreadsheet>`,
      ),
    )
    expect(sheet.places[1]).toEqual(['sheet “S”, row 2', 'Name: Ann; City: Oslo\n\n'])
  })
})

describe('an archive', () => {
  it('that unpacks to too much is refused with both numbers, whatever its directory says', async () => {
    const zeros = zipped({ 'word/document.xml': new Uint8Array(3_000_000) })
    const take = async (limit: Parameters<typeof openZip>[1]) => {
      const zip = await openZip(zeros, limit)
      for await (const _ of zip.bytes('word/document.xml'));
    }
    await expect(
      take({ mostBytes: 2_000_000, mostRatio: 1e6, freeBytes: 0 }),
    ).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(
        /unpacks to 3,000,000 bytes or more, and at most 2,000,000/,
      ) as string,
    })
    await expect(
      take({ mostBytes: 1e9, mostRatio: 200, freeBytes: 1_000_000 }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/over \d+ times its size where at most 200 times/) as string,
    })
    // a directory that says 10 bytes
    const bytes = new Uint8Array(await zeros.arrayBuffer())
    const view = new DataView(bytes.buffer)
    const directory = bytes.findIndex(
      (_, i) => i + 4 < bytes.length && view.getUint32(i, true) === 0x02014b50,
    )
    view.setUint32(directory + 24, 10, true)
    const lying = await openZip(new Blob([bytes]), {
      mostBytes: 2_000_000,
      mostRatio: 1e6,
      freeBytes: 0,
    })
    const all = async () => {
      for await (const _ of lying.bytes('word/document.xml'));
    }
    await expect(all()).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('that is cut is refused wherever it ends', async () => {
    const whole = docxFile(paragraph('Text.'))
    for (const share of [0.1, 0.5, 0.99]) {
      await expect(
        readDocument(whole.slice(0, Math.floor(whole.size * share))),
      ).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/is cut/) as string,
      })
    }
  })

  it('whose file disappears while it is read ends in a sentence', async () => {
    const whole = epubFile([{ title: 'A', body: '<p>Words.</p>' }])
    let reads = 0
    const vanishing = Object.create(whole, {
      size: { value: whole.size },
      slice: {
        value: (start: number, end: number) => {
          reads += 1
          const gone = new DOMException('gone', 'NotReadableError')
          if (reads > 8) return { arrayBuffer: () => Promise.reject(gone) }
          return whole.slice(start, end)
        },
      },
    }) as Blob
    await expect(readDocument(vanishing)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/changed or removed after it was picked/) as string,
    })
  })

  it('whose bytes are damaged is refused in a sentence', async () => {
    const bytes = new Uint8Array(
      await epubFile([{ title: 'A', body: '<p>Words and words.</p>'.repeat(99) }]).arrayBuffer(),
    )
    for (let at = 40; at < bytes.length - 200; at += 97) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      const read = await readDocument(new Blob([damaged])).catch((error: unknown) => error)
      if (read instanceof Error) expect(read, String(at)).toMatchObject({ code: 'bad-input' })
    }
  })
})
