// A document that was read as the file that is kept, with what its text came from.
import type { LongDocument, Progress } from '../../index.ts'
import type { DocumentText } from '../document/document_text.ts'

/** The title is the text's name. */
export function savedFile(
  read: LongDocument,
  text: DocumentText,
  onProgress?: (progress: Progress) => void,
): Promise<Blob> {
  const { name, format, title, places } = text
  return read.save({
    title: name,
    from: { format, title, places },
    ...(onProgress && { onProgress }),
  })
}
