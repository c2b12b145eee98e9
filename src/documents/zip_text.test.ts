// A ZIP archive that is a folder of documents: read as one text, or unpacked.
import { describe, expect, it } from 'vitest'
import { docxFile, epubFile, paragraph, readDocument, zipped } from './documents.fixture.ts'
import { unpacked } from './zip_files.ts'

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())

/** A folder as programs pack it, with what nobody means to give. */
async function folder(): Promise<Blob> {
  return zipped({
    'trip/': '',
    'trip/10.txt': 'The ship came home.',
    'trip/2.txt': 'The ship left.',
    'trip/cover.png': png,
    'trip/plans/plan.docx': await bytesOf(
      docxFile(`${paragraph('The Plan', 'Heading1')}${paragraph('We leave on Monday.')}`),
    ),
    'trip/plans/more.zip': await bytesOf(zipped({ 'a.txt': 'Packed twice.' })),
    'trip/.git/config': 'hidden',
    '__MACOSX/trip/2.txt': 'hidden',
  })
}

const refusal = (message: RegExp) => ({
  code: 'bad-input',
  message: expect.stringMatching(message) as string,
})

describe('a ZIP of documents', () => {
  it('is one text in the order of names, each document behind its title', async () => {
    const { format, text, places, notes } = await readDocument(await folder())
    expect(format).toBe('zip')
    expect(text).toBe(
      '# 2.txt\n\nThe ship left.\n\n# 10.txt\n\nThe ship came home.\n\n# plan.docx\n\nThe Plan\n\nWe leave on Monday.\n',
    )
    expect(places).toEqual([
      ['“2.txt”', '# 2.txt\n\nThe ship left.\n\n'],
      ['“10.txt”', '# 10.txt\n\nThe ship came home.\n\n'],
      ['“plan.docx”', '# plan.docx\n\n'],
      ['“plan.docx”, heading “The Plan”', 'The Plan\n\nWe leave on Monday.\n'],
    ])
    expect(notes).toEqual([
      expect.stringMatching(/^Left out: trip\/cover\.png .*PNG picture.*\.$/),
      'Left out: trip/plans/more.zip is a ZIP archive inside another; unpack it and give it alone.',
    ])
  })

  it('has the titles that documents give themselves, and the path beside one that comes twice', async () => {
    const book = await bytesOf(epubFile([{ title: 'I', body: '<p>It came late.</p>' }]))
    const { text } = await readDocument(zipped({ 'a/1.epub': book, 'b/1.epub': book }))
    expect(text.match(/^# .*$/gm)).toEqual(['# The Book', '# The Book (b/1.epub)'])
  })

  it('none of which can be read is refused with their number and the first one’s reason', async () => {
    const file = zipped({ 'a.png': png, 'b.png': png })
    await expect(readDocument(file)).rejects.toMatchObject(
      refusal(/^the document is a ZIP archive of 2 files, and none .* a\.png .*PNG picture/),
    )
    await expect(readDocument(zipped({ '.hidden': 'x' }))).rejects.toMatchObject(
      refusal(/hidden files alone/),
    )
  })

  it('is unpacked for whoever reads its files apart', async () => {
    const { files = [], notes } = (await unpacked(await folder())) ?? {}
    expect(files.map(({ path, file }) => [path, file.name])).toEqual([
      ['trip/2.txt', '2.txt'],
      ['trip/10.txt', '10.txt'],
      ['trip/cover.png', 'cover.png'],
      ['trip/plans/plan.docx', 'plan.docx'],
    ])
    expect(await files[1]?.file.text()).toBe('The ship came home.')
    expect(notes).toHaveLength(1)
  })

  it('that is a bomb is refused whole, with both numbers', async () => {
    const bomb = zipped({ 'a.txt': 'Fine.', 'b.txt': new Uint8Array(2 ** 25) })
    const reason = refusal(/b\.txt, which unpacks to over \d+ times .* at most 200 times/)
    await expect(unpacked(bomb)).rejects.toMatchObject(reason)
    await expect(readDocument(bomb)).rejects.toMatchObject(reason)
  })

  it('is told from a document that lies in an archive, and from what is none', async () => {
    for (const blob of [docxFile(paragraph('Text.')), new Blob(['Text.']), new Blob([])])
      expect(await unpacked(blob)).toBeUndefined()
  })
})
