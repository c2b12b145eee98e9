// A document as a stream of strings of bounded length, from a string, Blob or stream. Bytes are decoded as UTF-8 as they
// arrive and a byte order mark is dropped. Binary data is rejected before anything is read.
import type { DocumentSource } from '../api/document.ts'
import { LongtabError } from '../api/errors.ts'

export interface TextSource {
  /** the text in order; each string has at most `longestChunk` UTF-16 units */
  readonly chunks: AsyncIterable<string>
  /** the share 0…1 of the document taken so far; undefined for a stream, whose length is unknown */
  share(): number | undefined
}

/** Most UTF-16 units, or bytes before decoding, per string. */
export const longestChunk = 65_536

/** UTF-16 units examined to tell text from binary data. */
const sampleLength = 8_192

/** Opens a document. The stream throws LongtabError `bad-input` when it looks like a binary file. */
export function openText(document: DocumentSource): TextSource {
  let taken = 0
  const size =
    typeof document === 'string'
      ? document.length
      : document instanceof Blob
        ? document.size
        : undefined
  const counted = (part: Uint8Array | string) => {
    taken += part.length
  }
  return {
    chunks: checked(withoutMark(decoded(parts(document, counted)))),
    share: () => (size === undefined ? undefined : size === 0 ? 1 : Math.min(1, taken / size)),
  }
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

/** Cuts strings, blobs and streams into parts of at most `longestChunk`. */
async function* parts(
  document: DocumentSource,
  onTaken: (part: Uint8Array | string) => void,
): AsyncGenerator<Uint8Array | string> {
  const incoming =
    typeof document === 'string'
      ? [document]
      : received(document instanceof Blob ? document.stream() : document)
  for await (const part of incoming) {
    for (let at = 0; at < part.length; at += longestChunk) {
      const end = at + longestChunk
      const slice = typeof part === 'string' ? part.slice(at, end) : part.subarray(at, end)
      onTaken(slice)
      yield slice
    }
  }
}

/** Reads a stream; an early exit cancels it. */
async function* received<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined) // no effect on a stream that has ended or failed
  }
}

async function* decoded(parts: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const part of parts) {
    const text = typeof part === 'string' ? part : utf8.decode(part, { stream: true })
    if (text !== '') yield text
  }
  const rest = utf8.decode()
  if (rest !== '') yield rest
}

async function* withoutMark(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let first = true
  for await (const chunk of chunks) {
    const text = first && chunk.startsWith('\ufeff') ? chunk.slice(1) : chunk
    first = false
    if (text !== '') yield text
  }
}

/** Buffers the first characters until there are enough to tell text from binary data. */
async function* checked(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let sample = ''
  let sampling = true
  for await (const chunk of chunks) {
    if (!sampling) {
      yield chunk
      continue
    }
    sample += chunk
    if (sample.length < sampleLength) continue
    refuseBinary(sample.slice(0, sampleLength))
    sampling = false
    yield* sliced(sample)
  }
  if (sampling) {
    refuseBinary(sample)
    if (sample !== '') yield sample
  }
}

function* sliced(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += longestChunk) yield text.slice(at, at + longestChunk)
}

/** Text contains no NUL. Text in an old 8-bit encoding decodes to replacement characters, more than 1 in 50. */
function refuseBinary(sample: string): void {
  const nuls = count(sample, '\0')
  const broken = count(sample, '\ufffd')
  const found =
    nuls > 0
      ? `${nuls} NUL bytes`
      : broken > 3 && broken * 50 > sample.length
        ? `${broken} places that are not UTF-8`
        : undefined
  if (found === undefined) return
  throw new LongtabError(
    'bad-input',
    `the document looks like a binary file (${found} in its first ${sample.length} characters); give plain text in UTF-8`,
  )
}

function count(text: string, character: string): number {
  return text.split(character).length - 1
}
