// A file opened as what it is. The parser of a format is loaded when a file of it comes.
import type { DocumentFormat } from '../api/places.ts'
import { asOurs, unreadable } from './faults.ts'
import type { FormatOptions, FormatText, OpenFormat } from './format.ts'
import { documentFormats } from './format_names.ts'
import { tellFormat } from './tell_format.ts'

/** How a file is opened. */
export interface OpenOptions extends FormatOptions {
  /** undefined: told by its content */
  readonly format: DocumentFormat | undefined
}

export interface OpenedFormat {
  readonly format: DocumentFormat
  readonly file: FormatText
}

const formats: Readonly<Record<DocumentFormat, () => Promise<{ readonly open: OpenFormat }>>> = {
  text: () => import('./plain.ts'),
  markdown: () => import('./markdown.ts'),
  code: () => import('./code.ts'),
  csv: () => import('./csv.ts'),
  json: () => import('./json.ts'),
  jsonl: () => import('./jsonl.ts'),
  subtitles: () => import('./subtitles.ts'),
  html: () => import('./html.ts'),
  mail: () => import('./mail.ts'),
  rtf: () => import('./rtf.ts'),
  pdf: () => import('./pdf/pdf.ts'),
  docx: () => import('./docx.ts'),
  pptx: () => import('./pptx.ts'),
  xlsx: () => import('./xlsx.ts'),
  odf: () => import('./odf.ts'),
  epub: () => import('./epub.ts'),
  zip: async () => ({ open: (await import('./zip_text.ts')).zipTextBy(openFormat) }),
}

/** Throws LongtabError `bad-input` for a file that cannot be read, `needs-password` for one that is locked. */
export async function openFormat(blob: Blob, options: OpenOptions): Promise<OpenedFormat> {
  if (blob.size === 0) throw unreadable('is empty; give it some text to read')
  let format: DocumentFormat = 'text'
  try {
    format = options.format ?? (await tellFormat(blob))
    const { open } = await formats[format]()
    return { format, file: await open(blob, options) }
  } catch (error) {
    throw asOurs(error, documentFormats[format])
  }
}
