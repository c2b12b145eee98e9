// A document as a stream of strings of bounded length, from a string, Blob or stream, in whatever encoding its bytes are.
// A Blob is looked through before it is decoded. A stream can be looked at once only: its ASCII passes, and what follows
// is held back until there is enough to tell the encoding.
import type { DocumentSource } from '../api/document.ts'
import { LongtabError } from '../api/errors.ts'
import { detectEncoding } from './detect_encoding.ts'
import { encodingNamed, openDecoder } from './encodings.ts'

export interface TextSource {
  /** the text in order; each string has at most `longestChunk` UTF-16 units */
  readonly chunks: AsyncIterable<string>
  /** the share 0…1 of the document taken so far; undefined for a stream, whose length is unknown */
  share(): number | undefined
  /** the encoding that the bytes so far were decoded by, as in `encodings`; `utf-8` for strings */
  encoding(): string
  /** sentences on what of the document was left out or could not be decoded, once all of it was taken */
  notes(): readonly string[]
}

/** Most UTF-16 units, or bytes before decoding, per string. */
export const longestChunk = 65_536

/** Bytes of a stream, from the first that is not ASCII on, by which its encoding is told. */
const heldBytes = 65_536

/**
 * Opens a document. Reading it throws LongtabError `bad-input` when it is a binary file, or a stream that turns out to be
 * in another encoding than it began in.
 *
 * @param named an encoding that the caller knows; throws `bad-setting` at a name that is none
 */
export function openText(document: DocumentSource, named?: string): TextSource {
  const encoding = named === undefined ? undefined : encodingNamed(named)
  const source = typeof document === 'string' ? new Blob([document]) : document
  const state: State = { encoding: encoding ?? 'utf-8', taken: 0, nuls: 0, faults: 0 }
  const decoded =
    source instanceof Blob ? blobText(source, encoding, state) : streamText(source, encoding, state)
  return {
    chunks: cleaned(decoded, state),
    share() {
      if (!(source instanceof Blob)) return undefined
      return source.size === 0 ? 1 : Math.min(1, state.taken / source.size)
    },
    encoding: () => state.encoding,
    notes: () => notesOf(state),
  }
}

/** What is known of the document so far. */
interface State {
  encoding: string
  /** bytes that were decoded */
  taken: number
  /** NUL characters left out */
  nuls: number
  /** places that could not be decoded */
  faults: number
}

function notesOf({ encoding, nuls, faults }: State): string[] {
  const notes: string[] = []
  if (nuls > 0) {
    notes.push(`${counted(nuls, 'NUL character was', 'NUL characters were')} left out.`)
  }
  if (faults > 0) {
    notes.push(`${counted(faults, 'place is', 'places are')} not ${encoding} and shown as \ufffd.`)
  }
  return notes
}

function counted(count: number, one: string, more: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`
}

/** Whether a text holds nothing but white space. */
export function isBlank(text: string): boolean {
  return text.trim() === ''
}

/**
 * The same stream. Throws LongtabError `bad-input` when it holds only white space. Up to `longestChunk` units of leading
 * white space are buffered, so that an empty document fails before its first token.
 */
export async function* refuseBlank(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let held = ''
  let blank = true
  for await (const chunk of chunks) {
    blank &&= isBlank(chunk)
    held += chunk
    if (blank && held.length < longestChunk) continue
    yield held
    held = ''
  }
  if (blank) {
    throw new LongtabError('bad-input', 'the document is empty; give it some text to read')
  }
  if (held !== '') yield held
}

/** A Blob may be read twice: once to tell its encoding, once for its text. */
async function* blobText(
  blob: Blob,
  named: string | undefined,
  state: State,
): AsyncGenerator<string> {
  const bytes = () => parts(received(blob.stream()))
  if (named === undefined) {
    const { encoding, faults } = await detectEncoding(bytes)
    state.encoding = encoding
    yield* decoded(bytes(), state, faults === 0 ? 'strict' : 'lenient')
  } else {
    yield* decoded(bytes(), state, 'lenient')
  }
}

async function* streamText(
  stream: ReadableStream<Uint8Array | string>,
  named: string | undefined,
  state: State,
): AsyncGenerator<string> {
  const incoming = parts(inBytes(received(stream)))
  try {
    if (named !== undefined) {
      yield* decoded(incoming, state, 'lenient')
      return
    }
    const held: Uint8Array[] = []
    let length = 0
    while (length < heldBytes) {
      const next = await incoming.next()
      if (next.done === true) {
        const { encoding, faults } = await detectEncoding(() => listed(held))
        state.encoding = encoding
        yield* decoded(listed(held), state, faults === 0 ? 'strict' : 'lenient')
        return
      }
      held.push(next.value)
      length += next.value.length
      const isFirst = state.taken === 0
      if ((isFirst && length < heldBytes / 8) || !held.every(isPlainAscii)) continue
      if (isFirst) await detectEncoding(() => listed(held)) // a PDF may begin with much ASCII
      yield* decoded(listed(held.splice(0)), state, 'strict')
      length = 0
    }
    const { encoding, faults } = await detectEncoding(() => listed([uncut(join(held))]))
    state.encoding = encoding
    yield* decoded(chained(held, incoming), state, faults <= 1 ? 'strict' : 'lenient')
  } finally {
    await incoming.return()
  }
}

/** The bytes up to a place where no character is cut, as far as can be told before the encoding is known. */
function uncut(bytes: Uint8Array): Uint8Array {
  const line = bytes.lastIndexOf(10) + 1
  const hasLines = line > bytes.length / 2 && !bytes.includes(0)
  return bytes.subarray(0, hasLines ? line : bytes.length - (bytes.length % 4))
}

/**
 * Decodes by `state.encoding`. Strictly, a place that cannot be decoded throws LongtabError `bad-input`, but for a character
 * that is cut by the end of the document.
 */
async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  state: State,
  manner: 'strict' | 'lenient',
): AsyncGenerator<string> {
  const decoder = openDecoder(state.encoding, manner)
  for await (const part of bytes) {
    let text: string
    try {
      text = decoder.decode(part, true)
    } catch (cause) {
      throw new LongtabError(
        'bad-input',
        `the document is ${state.encoding} at first and no longer near byte ${state.taken.toLocaleString('en-US')}; give it as a file, which is looked at whole, or name its encoding`,
        { cause },
      )
    }
    state.taken += part.length
    if (manner === 'lenient') state.faults += count(text, replacement) - written(state, part)
    if (text !== '') yield text
  }
  let rest: string
  try {
    rest = decoder.decode(new Uint8Array(0), false)
  } catch {
    rest = replacement
  }
  state.faults += count(rest, replacement)
  if (rest !== '') yield rest
}

const replacement = '\ufffd'

/** How often the replacement character stands in the document itself. */
function written({ encoding }: State, part: Uint8Array): number {
  if (encoding !== 'utf-8') return 0
  return part.filter((byte, i) => byte === 0xef && part[i + 1] === 0xbf && part[i + 2] === 0xbd)
    .length
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}

/** Without a byte order mark at the start, and without NULs, which are counted. */
async function* cleaned(chunks: AsyncIterable<string>, state: State): AsyncGenerator<string> {
  let first = true
  for await (const chunk of chunks) {
    const unmarked = first && chunk.startsWith('\ufeff') ? chunk.slice(1) : chunk
    first = false
    const text = unmarked.includes('\0') ? unmarked.replaceAll('\0', '') : unmarked
    state.nuls += unmarked.length - text.length
    if (text !== '') yield* sliced(text)
  }
}

/** Cuts byte streams into parts of at most `longestChunk`. */
async function* parts(incoming: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const part of incoming) {
    for (let at = 0; at < part.length; at += longestChunk)
      yield part.subarray(at, at + longestChunk)
  }
}

/** Strings of a stream as UTF-8. */
async function* inBytes(
  incoming: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder()
  for await (const part of incoming) {
    yield typeof part === 'string' ? encoder.encode(part) : part
  }
}

/** Reads a stream; an early exit cancels it. Throws LongtabError `bad-input` where the stream fails. */
async function* received<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (cause) {
    throw unreadable(cause)
  } finally {
    await reader.cancel().catch(() => undefined) // no effect on a stream that has ended or failed
  }
}

function unreadable(cause: unknown): LongtabError {
  if (cause instanceof LongtabError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LongtabError(
    'bad-input',
    `the document can no longer be read (${reason}): it was moved or changed, or its stream broke; give it again`,
    { cause },
  )
}

function* sliced(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += longestChunk) yield text.slice(at, at + longestChunk)
}

async function* listed<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

async function* chained<T>(first: readonly T[], then: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first
  yield* then
}

function join(list: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(list.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const one of list) {
    all.set(one, at)
    at += one.length
  }
  return all
}

/** ASCII without NULs, escapes and most control characters means the same in every encoding that is left to tell. */
function isPlainAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 8 && byte < 0x7f && byte !== 0x1b)
}
