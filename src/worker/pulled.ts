// A document on its way to the engine's thread: a Blob, or a function that gives the next part.
import { proxy } from 'comlink'
import { LongtabError } from '../api/errors.ts'
import type { OpenedDocument } from '../documents/open_document.ts'
import type { Pull } from '../reading/protocol.ts'

/**
 * A stream as a function that gives its next part, which works in every browser; streams themselves do not all travel.
 * @param stopped ends a stream that gives nothing more
 */
export function puller(stream: ReadableStream<Uint8Array | string>, stopped: AbortSignal): Pull {
  const reader = readerOf(stream)
  const aborted = new Promise<never>((_, reject) =>
    stopped.addEventListener('abort', () => {
      reject(new LongtabError('aborted', 'reading was cancelled'))
      reader.cancel(stopped.reason).catch(() => undefined)
    }),
  )
  aborted.catch(() => undefined) // nobody may wait for a part
  return proxy(async () => {
    try {
      const { value } = await Promise.race([reader.read(), aborted])
      return value === undefined ? undefined : { part: value, share: undefined }
    } catch (error) {
      if (error instanceof LongtabError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new LongtabError(
        'bad-input',
        `the document's stream failed: ${reason}; read it again from its beginning`,
        { cause: error },
      )
    }
  })
}

function readerOf<Part>(stream: ReadableStream<Part>): ReadableStreamDefaultReader<Part> {
  try {
    return stream.getReader()
  } catch (cause) {
    throw new LongtabError(
      'bad-input',
      "the document's stream is being read by something else; give a new one, or one part of its tee()",
      { cause },
    )
  }
}

/** A file's text as the engine asks for it. */
export function partsOf(file: OpenedDocument): Pull {
  const parts = file.text[Symbol.asyncIterator]()
  return proxy(async () => {
    const next = await parts.next()
    return next.done === true ? undefined : { part: next.value, share: file.share() }
  })
}

/** A long string goes over as a blob: its bytes are not copied again, and the engine reads it bit by bit. */
export function asBlob(document: string | Blob): Blob {
  if (typeof document === 'string') return new Blob([document])
  if (document instanceof Blob) return document
  throw new LongtabError(
    // from JavaScript, which has no types to hold
    'bad-input',
    `a document is a text, a Blob or a stream, not ${Object.prototype.toString.call(document)}; wrap bytes as new Blob([bytes])`,
  )
}
