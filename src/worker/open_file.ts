// A file as the text in it: plain text is read where it lies, anything else is parsed in a thread of its own.
import type { FileOptions } from '../api/document.ts'
import type { OpenedDocument } from '../documents/open_document.ts'
import type { OpenOptions } from '../documents/open_format.ts'

/** Parses a file, here or in a thread of its own. */
export type OpenDocument = (
  blob: Blob,
  options: OpenOptions,
  signal?: AbortSignal,
) => Promise<OpenedDocument>

/** Undefined for plain text, which needs no parser. */
export async function openFile(
  blob: Blob,
  { format: given, encoding, password, html = 'article' }: FileOptions,
  openDocument: OpenDocument,
  signal?: AbortSignal,
): Promise<OpenedDocument | undefined> {
  const format = given ?? (await formatOf(blob))
  if (format === 'text') return undefined
  return openDocument(blob, { format, encoding, password, html }, signal)
}

/** Fetched only for what is not said to be text, so that a page need not load it at first. */
async function formatOf(blob: Blob) {
  const { tellFormat } = await import('../documents/tell_format.ts')
  return tellFormat(blob)
}
