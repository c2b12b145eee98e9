// A document's bytes as UTF-8, for a page that shows stretches of it.
import { openText } from './source.ts'

/** A document whose encoding is settled. */
export interface Utf8Document {
  /** Its text in UTF-8, without a byte order mark. */
  readonly blob: Blob
  /** The encoding that it was in, as in `encodings`. */
  readonly encoding: string
  /** What was left out or could not be decoded, in sentences for people; none where every character is there. */
  readonly notes: readonly string[]
}

/** UTF-16 units per part of the blob. */
const unitsPerPart = 1_000_000

/**
 * Gives a document in UTF-8 whatever encoding it is in. The result is the same blob where it is UTF-8 without fault.
 * @param encoding any name of an encoding in the Encoding standard; by default the document tells
 * @throws LongtabError `bad-input` for a binary file, `bad-setting` for an encoding that does not exist.
 */
export async function toUtf8(document: Blob, encoding?: string): Promise<Utf8Document> {
  const source = openText(document, encoding)
  for await (const _ of source.chunks) if (source.encoding() !== 'utf-8') break
  const notes = source.notes()
  if (source.encoding() === 'utf-8' && notes.length === 0) {
    const start = new Uint8Array(await document.slice(0, 3).arrayBuffer())
    const isMarked = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf
    return { blob: isMarked ? document.slice(3) : document, encoding: 'utf-8', notes }
  }
  const again = openText(document, source.encoding())
  const parts = new Utf8Parts()
  for await (const chunk of again.chunks) parts.push(chunk)
  return { blob: parts.blob(), encoding: again.encoding(), notes: again.notes() }
}

/** Gathers a text as UTF-8, outside JavaScript's memory but for its end. */
export class Utf8Parts {
  readonly #parts: Blob[] = []
  #held = ''

  push(text: string): void {
    this.#held += text
    if (this.#held.length < unitsPerPart) return
    const end = beforePair(this.#held)
    this.#parts.push(new Blob([this.#held.slice(0, end)]))
    this.#held = this.#held.slice(end)
  }

  blob(): Blob {
    return new Blob([...this.#parts, this.#held])
  }
}

/** The length, or one less where that would split a surrogate pair. */
function beforePair(text: string): number {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length
}
