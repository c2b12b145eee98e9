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

/** Two slides of PowerPoint, the second file first, with notes. */
export function presentation(): Blob {
  const slide = (text: string) =>
    `<p:sld><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p><a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p></p:txBody></p:sld>`
  return zipped({
    'ppt/presentation.xml':
      '<p:presentation><p:sldIdLst><p:sldId id="1" r:id="r2"/><p:sldId id="2" r:id="r1"/></p:sldIdLst></p:presentation>',
    'ppt/_rels/presentation.xml.rels':
      '<Relationships><Relationship Id="r1" Target="slides/slide1.xml"/><Relationship Id="r2" Target="slides/slide2.xml"/></Relationships>',
    'ppt/slides/slide1.xml': slide('The end'),
    'ppt/slides/slide2.xml': slide('The beginning'),
    'ppt/slides/_rels/slide2.xml.rels':
      '<Relationships><Relationship Id="n" Target="../notesSlides/notesSlide1.xml"/></Relationships>',
    'ppt/notesSlides/notesSlide1.xml': slide('Say hello'),
  })
}

/** A sheet of Excel: texts shared and its own, a day, empty rows and columns between. */
export function workbook(): Blob {
  return zipped({
    'xl/workbook.xml':
      '<workbook><sheets><sheet name="Costs" sheetId="1" r:id="r1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/sharedStrings.xml':
      '<sst><si><t>Item</t></si><si><r><t>Da</t></r><r><t>y</t></r></si></sst>',
    'xl/styles.xml':
      '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    'xl/worksheets/sheet1.xml':
      '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row><row r="4"><c r="A4" t="inlineStr"><is><t>Bread</t></is></c><c r="C4" s="1"><v>46027</v></c></row></sheetData></worksheet>',
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
