// A file's text as one Blob of UTF-8, for a page that shows stretches of it.
import type { FileOptions } from '../api/document.ts'
import type { DocumentFormat, Places } from '../api/places.ts'
import { toUtf8 } from '../text/utf8_blob.ts'
import { openFile, type OpenDocument } from './open_file.ts'

/** A file's text, and where in the file it stands. */
export interface FileText {
  /** The text in UTF-8, without a byte order mark. */
  readonly blob: Blob
  /** What it was read as. */
  readonly format: DocumentFormat
  /** The title that the file gives itself; `undefined` where it has none. */
  readonly title: string | undefined
  /** Pages of a PDF, slides of a presentation; `undefined` of anything else. */
  readonly pages: number | undefined
  /** Where in the file the text stands; empty for plain text. */
  readonly places: Places
  /** The encoding that it was in, as in `encodings`. */
  readonly encoding: string
  /** What was left out or could not be decoded, in sentences for people; none where every character is there. */
  readonly notes: readonly string[]
}

/** UTF-16 units per part of the blob. */
const unitsPerPart = 1_000_000

export async function fileTextOf(
  file: Blob,
  options: FileOptions,
  openDocument: OpenDocument,
  signal?: AbortSignal,
): Promise<FileText> {
  const opened = await openFile(file, options, openDocument, signal)
  if (opened === undefined) {
    const text = await toUtf8(file, options.encoding)
    const places = { firstChar: new Float64Array(0), place: [] }
    return { ...text, format: 'text', title: undefined, pages: undefined, places }
  }
  const parts: Blob[] = []
  let held = '' // parts end between characters
  try {
    for await (const part of opened.text) {
      held += part
      if (held.length < unitsPerPart) continue
      parts.push(new Blob([held]))
      held = ''
    }
  } finally {
    opened.close()
  }
  parts.push(new Blob([held]))
  const { format, title, pages } = opened
  return {
    blob: new Blob(parts),
    format,
    title,
    pages,
    places: opened.places(),
    encoding: opened.encoding(),
    notes: opened.notes(),
  }
}
