// A document opened in a thread of its own: what crosses to it, and the thread's side.
import type { Place } from '../api/places.ts'
import { unreadable } from './faults.ts'
import { openDocument, type DocumentHead, type OpenedDocument } from './open_document.ts'
import type { OpenOptions } from './open_format.ts'
import { unpacked, type UnpackedFolder } from './zip_files.ts'

/** A stretch of text, and what is known once it was taken. */
export interface DocumentPart {
  readonly text: string
  /** places that begin in it or at its end, by their offsets in the whole text */
  readonly places: readonly (readonly [firstChar: number, place: Place])[]
  readonly share: number | undefined
  readonly encoding: string
}

/** One document in one thread. */
export interface DocumentSession {
  open(blob: Blob, options: OpenOptions): Promise<DocumentHead>
  /** undefined at the end */
  next(): Promise<DocumentPart | undefined>
  /** once all was taken */
  notes(): Promise<readonly string[]>
  /** a folder's files, in place of its text; undefined of a document */
  unpack(blob: Blob): Promise<UnpackedFolder | undefined>
}

export function openDocumentSession(): DocumentSession {
  let document: OpenedDocument | undefined
  let parts: AsyncIterator<string> | undefined
  let placesGiven = 0
  const opened = (): OpenedDocument => {
    if (document === undefined) throw unreadable('is not open; open it first')
    return document
  }
  return {
    async open(blob, options) {
      document = await openDocument(blob, options)
      parts = document.text[Symbol.asyncIterator]()
      const { format, title, pages } = document
      return { format, title, pages }
    },
    async next() {
      const from = opened()
      const part = await parts?.next()
      if (part === undefined || part.done === true) return undefined
      const { firstChar, place } = from.places()
      const begun = place
        .slice(placesGiven)
        .map((one, i) => [firstChar[placesGiven + i] ?? 0, one] as const)
      placesGiven = place.length
      return { text: part.value, places: begun, share: from.share(), encoding: from.encoding() }
    },
    notes: async () => opened().notes(),
    unpack: unpacked,
  }
}
