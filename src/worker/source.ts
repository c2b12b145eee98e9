// What the engine is given of a document: its text, decoded or not, and what is known of the file that it came in.
import type { DocumentSource, ReadOptions } from '../api/document.ts'
import type { OpenedDocument } from '../documents/open_document.ts'
import type { Pull } from '../reading/protocol.ts'
import { openFile, type OpenDocument } from './open_file.ts'
import { asBlob, partsOf, puller } from './pulled.ts'

/** What a text was taken from; the calls give what is known once it was taken. */
export type SourceFile = Pick<
  OpenedDocument,
  'format' | 'title' | 'places' | 'encoding' | 'notes' | 'close'
>

export interface Source {
  readonly text: Blob | Pull
  /** of its bytes; a file's text is decoded already */
  readonly encoding: string | undefined
  /** undefined of plain text */
  readonly file: SourceFile | undefined
}

/** The text comes as it is read. @param stopped ends what is opened */
export async function openSource(
  document: DocumentSource,
  options: ReadOptions,
  openDocument: OpenDocument,
  stopped: AbortSignal,
): Promise<Source> {
  const text = document instanceof ReadableStream ? puller(document, stopped) : asBlob(document)
  const isFile = document instanceof Blob && !stopped.aborted
  const file = isFile ? await openFile(document, options, openDocument, stopped) : undefined
  return file === undefined
    ? { text, encoding: options.encoding, file }
    : { text: partsOf(file), encoding: 'utf-8', file }
}

/** The text is there as a whole, in UTF-8, before it is read: a checkpoint holds the rest of it too. */
export async function takeWhole(
  document: DocumentSource,
  { format, encoding, ...options }: ReadOptions,
  openDocument: OpenDocument,
  stopped: AbortSignal,
): Promise<Source> {
  const isStream = document instanceof ReadableStream
  const given = isStream ? await collected(puller(document, stopped)) : asBlob(document)
  const how = {
    ...options,
    ...(document instanceof Blob ? format && { format } : { format: 'text' as const }),
    ...(typeof document === 'string' ? { encoding: 'utf-8' } : encoding && { encoding }),
  }
  const { fileTextOf } = await import('./file_text.ts')
  const { blob, places, notes, ...found } = await fileTextOf(given, how, openDocument, stopped)
  return {
    text: blob,
    encoding: 'utf-8',
    file: {
      ...found,
      encoding: () => found.encoding,
      places: () => places,
      notes: () => notes,
      close: () => undefined,
    },
  }
}

async function collected(pull: Pull): Promise<Blob> {
  const parts: Blob[] = []
  for (let next = await pull(); next !== undefined; next = await pull())
    parts.push(new Blob([next.part as BlobPart]))
  return new Blob(parts)
}
