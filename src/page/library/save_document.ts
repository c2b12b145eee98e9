// A document as the file that is kept, with what its text came from.
import type { LongDocument, Progress, SaveOptions } from '../../index.ts'
import type { DocumentText } from '../document/document_text.ts'

/** The title is the text's name. */
export function savedAs({ name, format, title, places }: DocumentText): SaveOptions {
  return { title: name, from: { format, title, places } }
}

export function savedFile(
  read: LongDocument,
  text: DocumentText,
  onProgress?: (progress: Progress) => void,
): Promise<Blob> {
  return read.save({ ...savedAs(text), ...(onProgress && { onProgress }) })
}
