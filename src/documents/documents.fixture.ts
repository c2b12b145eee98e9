// Documents made for tests: small archives of XML, and what is read of any file.
import { zipSync } from 'fflate'
import type { DocumentFormat } from '../api/places.ts'
import { openDocument } from './open_document.ts'
import type { OpenOptions } from './open_format.ts'
import { placeWords } from './place_words.ts'

/** A ZIP archive of texts by their paths. */
export function zipped(files: Readonly<Record<string, string | Uint8Array>>): Blob {
  const encoder = new TextEncoder()
  const bytes = Object.entries(files).map(
    ([name, content]) =>
      [name, typeof content === 'string' ? encoder.encode(content) : content] as const,
  )
  return new Blob([zipSync(Object.fromEntries(bytes))])
}

/** A Word document with this body. @param others parts beside it */
export function docxFile(body: string, others: Readonly<Record<string, string>> = {}): Blob {
  return zipped({
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    '_rels/.rels':
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/document.xml': `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ...others,
  })
}

/** A paragraph of a Word document. @param style such as `Heading1` */
export function paragraph(text: string, style = ''): string {
  const properties = style === '' ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
}

export interface BookChapter {
  readonly title: string
  readonly body: string
  readonly href?: string
}

/** An EPUB book, its titles in an EPUB 2 table of contents. */
export function epubFile(
  chapters: readonly BookChapter[],
  others: Readonly<Record<string, string>> = {},
): Blob {
  const paths = chapters.map(({ href }, i) => href ?? `text/c${i + 1}.xhtml`)
  const files = chapters.map(
    ({ body }, i) =>
      [
        `OEBPS/${paths[i] ?? ''}`,
        `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>No text</title></head><body>${body}</body></html>`,
      ] as const,
  )
  const items = paths.map(
    (path, i) => `<item id="c${i}" href="${path}" media-type="application/xhtml+xml"/>`,
  )
  const points = chapters.map(
    ({ title }, i) =>
      `<navPoint id="n${i}"><navLabel><text>${title}</text></navLabel><content src="${paths[i] ?? ''}"/></navPoint>`,
  )
  return zipped({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    'OEBPS/book.opf': `<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Book</dc:title></metadata><manifest><item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/>${items.join('')}</manifest><spine toc="toc">${paths.map((_, i) => `<itemref idref="c${i}"/>`).join('')}</spine></package>`,
    'OEBPS/toc.ncx': `<ncx><navMap>${points.join('')}</navMap></ncx>`,
    ...Object.fromEntries(files.filter(([path]) => !path.includes('..'))),
    ...others,
  })
}

export interface ReadDocument {
  readonly format: DocumentFormat
  readonly title: string | undefined
  readonly text: string
  /** each place in words, with the text from there to the next */
  readonly places: readonly (readonly [place: string, text: string])[]
  readonly notes: readonly string[]
}

/** Everything that is found in a file. */
export async function readDocument(
  blob: Blob,
  options: Partial<OpenOptions> = {},
): Promise<ReadDocument> {
  const opened = await openDocument(blob, {
    format: undefined,
    encoding: undefined,
    password: undefined,
    html: 'article',
    ...options,
  })
  let text = ''
  try {
    for await (const part of opened.text) text += part
  } finally {
    opened.close()
  }
  const { firstChar, place } = opened.places()
  const places = place.map(
    (one, i) => [placeWords(one), text.slice(firstChar[i], firstChar[i + 1])] as const,
  )
  return { format: opened.format, title: opened.title, text, places, notes: opened.notes() }
}

/** A text file with a name. */
export function named(name: string, text: string): File {
  return new File([text], name)
}
