// Where in its source a stretch of a document's text stands.

/** What a document was read as, told by its content. */
export type DocumentFormat =
  | 'text'
  | 'markdown'
  | 'code'
  | 'csv'
  | 'json'
  | 'jsonl'
  | 'subtitles'
  | 'html'
  | 'mail'
  | 'rtf'
  | 'pdf'
  | 'docx'
  | 'pptx'
  | 'xlsx'
  | 'odf'
  | 'epub'
  | 'zip'

/** A place in a document as its readers know it; counts begin at 1. */
export type Place = (
  | {
      /** What is counted. */
      readonly kind: 'page' | 'line' | 'row' | 'slide'
      /** Which of them. */
      readonly value: number
    }
  | {
      /** A chapter of a book or a heading of a text. */
      readonly kind: 'chapter' | 'heading'
      /** Its title. */
      readonly value: string
    }
  | {
      /** A moment of a film or talk. */
      readonly kind: 'time'
      /** Seconds from the beginning. */
      readonly value: number
    }
  | {
      /** A row of a sheet. */
      readonly kind: 'sheet'
      /** The sheet's name. */
      readonly value: string
      /** The row. */
      readonly row: number
    }
  | {
      /** One of several documents that were read as one. */
      readonly kind: 'document'
      /** Its title. */
      readonly value: string
    }
) & {
  /** The title of the document that the place is in, where several were read as one; `undefined` otherwise. */
  readonly of?: string
}

/** The places of a document's text: from UTF-16 offset `firstChar[i]` on, the text stands at `place[i]`. */
export interface Places {
  /** UTF-16 offsets into the text, ascending. Shape: (places). */
  readonly firstChar: Float64Array
  /** Shape: (places). */
  readonly place: readonly Place[]
}

/** What a text was read from. */
export interface ReadFrom {
  /** What it was read as. */
  readonly format: DocumentFormat
  /** The title that the file gives itself; `undefined` where it has none. */
  readonly title: string | undefined
  /** Where in the file the text stands: pages, chapters, headings, lines, times, rows. Empty for plain text. */
  readonly places: Places
}
