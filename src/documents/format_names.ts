// What the formats are called.
import type { DocumentFormat } from '../api/places.ts'

/** The formats that documents are read in, and what people call them. */
export const documentFormats: Readonly<Record<DocumentFormat, string>> = {
  text: 'plain text',
  markdown: 'Markdown',
  code: 'source code',
  csv: 'CSV',
  json: 'JSON',
  jsonl: 'JSON lines',
  subtitles: 'subtitles',
  html: 'HTML',
  mail: 'e-mail',
  rtf: 'RTF',
  pdf: 'PDF',
  docx: 'Word',
  pptx: 'PowerPoint',
  xlsx: 'Excel',
  odf: 'OpenDocument',
  epub: 'EPUB',
  zip: 'ZIP',
}
