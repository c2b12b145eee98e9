// A document that is parsed in a thread of its own, as if it were here. Its thread ends with its text, or when nobody wants it.
import { LongtabError } from '../api/errors.ts'
import type { OpenedDocument } from '../documents/open_document.ts'
import type { OpenOptions } from '../documents/open_format.ts'
import { PlaceMap } from '../documents/place_map.ts'
import type { DocumentSession } from '../documents/session.ts'
import type { UnpackedFolder } from '../documents/zip_files.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import { settling } from './settling.ts'
import type { Thread } from './thread.ts'

/** Milliseconds that a parser may take for its next stretch of text: far beyond any that ends. */
const longestWait = 120_000

/** @param thread ended with the document */
export async function openInThread(
  thread: Thread<DocumentSession>,
  blob: Blob,
  options: OpenOptions,
  signal?: AbortSignal,
  wait = longestWait,
): Promise<OpenedDocument> {
  const { session, timed, close } = patientCalls(thread, signal, wait)
  const head = await timed(session.open(blob, options))
  const map = new PlaceMap()
  let notes: readonly string[] = []
  let [share, encoding]: [number | undefined, string] = [undefined, 'utf-8']

  async function* text(): AsyncGenerator<string> {
    try {
      let coming = timed(session.next())
      for (;;) {
        const part = await coming
        if (part === undefined) break
        coming = timed(session.next()) // parsed while this one is read
        coming.catch(() => undefined) // whoever takes it is told
        for (const [firstChar, place] of part.places) map.add(firstChar, place)
        share = part.share
        encoding = part.encoding
        yield part.text
      }
      notes = await timed(session.notes())
    } finally {
      close()
    }
  }
  return {
    ...head,
    text: text(),
    share: () => share,
    encoding: () => encoding,
    places: () => map.places(),
    notes: () => notes,
    close,
  }
}

/** Unpacks a folder; see `unpacked`. @param thread ended with the call */
export async function unpackInThread(
  thread: Thread<DocumentSession>,
  blob: Blob,
  signal?: AbortSignal,
): Promise<UnpackedFolder | undefined> {
  const { session, timed, close } = patientCalls(thread, signal, longestWait)
  try {
    return await timed(session.unpack(blob))
  } finally {
    close()
  }
}

interface PatientCalls {
  readonly session: LocalOrRemote<DocumentSession>
  /** Ends the thread where a call fails or takes too long. */
  readonly timed: <T>(call: Promise<T>) => Promise<T>
  /** Ends the thread. */
  readonly close: () => void
}

/** Calls of a parser that may hang, in a thread that the signal ends. */
function patientCalls(
  thread: Thread<DocumentSession>,
  signal: AbortSignal | undefined,
  wait: number,
): PatientCalls {
  const { session, end, ended } = settling(thread.session)
  void thread.failed.then(end)
  ended.addEventListener('abort', thread.end)
  const cancel = () => {
    const reason: unknown = signal?.reason
    const aborted = new LongtabError('aborted', 'reading was cancelled')
    end(reason instanceof LongtabError ? reason : aborted)
  }
  if (signal?.aborted === true) cancel()
  signal?.addEventListener('abort', cancel)
  const close = (): void => {
    signal?.removeEventListener('abort', cancel)
    end(new LongtabError('closed', 'the document was read to its end'))
  }
  return {
    session,
    async timed(call) {
      const timer = setTimeout(() => end(hangs(wait)), wait)
      try {
        return await call
      } catch (error) {
        close()
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
    close,
  }
}

/** The error of a document whose thread has ended. */
export function parserFault(what: string): LongtabError {
  return new LongtabError(
    'bad-input',
    `the document cannot be read: ${what}; save it in another format, or as text`,
  )
}

function hangs(wait: number): LongtabError {
  return parserFault(`its parser has given nothing for ${wait / 1000} seconds and was ended`)
}
