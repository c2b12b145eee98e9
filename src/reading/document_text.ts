// The text of a document that was read, once more: to be saved, and shown where only a saved document is there. A string's or
// a file's bytes are decoded again; a stream is gone once it was read, so its text is kept on the way where that is asked for.
import type { DocumentSource } from '../api/document.ts'
import { LongtabError } from '../api/errors.ts'
import { openText, type TextSource } from '../text/source.ts'
import { toUtf8, Utf8Parts } from '../text/utf8_blob.ts'
import type { Pull } from './protocol.ts'

export interface DocumentText {
  /** to be read once */
  readonly source: TextSource
  /** Whether it can be had again. */
  readonly isKept: boolean
  /** Bytes that it takes, in the encoding that it came in; 0 where it is not kept. */
  bytes(): number
  /** All of it in UTF-8, once it was read. Throws LongtabError `bad-input` where that is not to be had. */
  again(): Promise<Blob>
}

/** @param encoding see ReadRequest */
export function textOf(
  document: Blob | Pull,
  encoding: string | undefined,
  keepText: boolean,
): DocumentText {
  if (document instanceof Blob) {
    const source = openText(document, encoding)
    return {
      source,
      isKept: true,
      bytes: () => document.size,
      again: async () => (await toUtf8(document, source.encoding())).blob,
    }
  }
  const source = pulledText(document, encoding)
  if (!keepText)
    return { source, isKept: false, bytes: () => 0, again: () => Promise.reject(notKept()) }
  const kept = new Utf8Parts()
  async function* chunks() {
    for await (const chunk of source.chunks) {
      kept.push(chunk)
      yield chunk
    }
  }
  return {
    source: { ...source, chunks: chunks() },
    isKept: true,
    bytes: () => kept.blob().size,
    again: async () => kept.blob(),
  }
}

export function notKept(): LongtabError {
  return new LongtabError(
    'bad-input',
    'this document came as a stream and its text was not kept; read it with keepText, or give it as a file',
  )
}

/** The text of a pull function, which may know the share of it that was taken. */
function pulledText(pull: Pull, encoding: string | undefined): TextSource {
  let share: number | undefined
  const stream: Extract<DocumentSource, ReadableStream> = new ReadableStream({
    async pull(controller) {
      const next = await pull()
      if (next === undefined) controller.close()
      else {
        share = next.share
        controller.enqueue(next.part)
      }
    },
  })
  return { ...openText(stream, encoding), share: () => share }
}
