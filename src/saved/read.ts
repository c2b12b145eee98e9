// Opens a saved document's file. Nothing of it is believed before its hash was checked; the hashes themselves stand in the
// header under a hash of their own.
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import { blobBytes } from '../files/blob_file.ts'
import { inBytes } from '../files/byte_file.ts'
import { sha256 } from '../files/sha256.ts'
import { headerLength, lengthBytes, parseHeader } from '../model/safetensors/header.ts'
import { formatName, formatVersion, type Contents } from './contents.ts'
import { sliceBytes } from './part.ts'

export interface SavedFile {
  /** for messages */
  readonly name: string
  /** what was given to `writeSaved`; not looked at yet */
  readonly about: unknown
  /** bytes of all parts */
  readonly bytes: number
  has(part: string): boolean
  /** Bytes of a part. Throws LongtabError `bad-file` where there is none of this name; so do all below. */
  bytesOf(part: string): number
  /** Its bytes in slices of `sliceBytes`, each checked. Throws LongtabError `bad-file` at one that is damaged. */
  read(part: string, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>>
  /** All of its bytes in one array: for parts that are kept in memory anyway. */
  all(part: string, signal?: AbortSignal): Promise<ArrayBuffer>
  /** Its bytes as words of 32 bits, checked alike. */
  words(part: string, signal?: AbortSignal): AsyncGenerator<Uint32Array<ArrayBuffer>>
  /** Its bytes, unchecked. */
  blob(part: string): Blob
  /** Throws LongtabError `bad-file` unless the part has so many bytes. */
  requireBytes(part: string, bytes: number): void
  /** Checks every part. Throws LongtabError `bad-file` at the first that is damaged, `aborted`. */
  check(onBytes: (bytes: number) => void, signal?: AbortSignal): Promise<void>
}

interface Stretch {
  readonly start: number
  readonly bytes: number
  /** (slice) */
  readonly hashes: readonly string[]
}

/**
 * Reads the header.
 * @throws LongtabError `bad-file` for what is no saved document, or of another version, cut or damaged.
 */
export async function openSavedFile(blob: Blob): Promise<SavedFile> {
  const name = blob instanceof File && blob.name !== '' ? blob.name : 'this file'
  const { about, parts } = await readHeader(blob, name)
  const stretchOf = (part: string): Stretch => {
    const found = parts.get(part)
    if (found === undefined) throw bad(`${name} lacks the part ${part}; save the document again`)
    return found
  }
  async function* read(part: string, signal?: AbortSignal) {
    const { start, bytes, hashes } = stretchOf(part)
    for (const [i, expected] of hashes.entries()) {
      throwIfAborted(signal, 'opening')
      const from = start + i * sliceBytes
      const slice = await blobBytes(
        blob.slice(from, Math.min(from + sliceBytes, start + bytes)),
        name,
      )
      if ((await sha256(slice)) !== expected)
        throw bad(
          `${name} is damaged: its part ${part} is not as it was saved, from byte ${from.toLocaleString('en-US')} on; copy the file again, or read the document again`,
        )
      yield slice
    }
  }
  return {
    name,
    about,
    bytes: [...parts.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    has: (part) => parts.has(part),
    bytesOf: (part) => stretchOf(part).bytes,
    read,
    async all(part, signal) {
      const all = new Uint8Array(stretchOf(part).bytes)
      let filled = 0
      for await (const slice of read(part, signal)) {
        all.set(slice, filled)
        filled += slice.length
      }
      return all.buffer
    },
    async *words(part, signal) {
      for await (const slice of read(part, signal))
        yield new Uint32Array(slice.buffer, 0, Math.floor(slice.length / 4))
    },
    blob(part) {
      const { start, bytes } = stretchOf(part)
      return blob.slice(start, start + bytes)
    },
    requireBytes(part, bytes) {
      if (stretchOf(part).bytes === bytes) return
      throw bad(
        `${name} holds ${inBytes(stretchOf(part).bytes)} of its part ${part} where its document has ${inBytes(bytes)}; save the document again`,
      )
    },
    async check(onBytes, signal) {
      for (const part of parts.keys())
        for await (const slice of read(part, signal)) onBytes(slice.length)
    },
  }
}

/** What every saved document's JSON begins with, up to its version. */
const beginning = `{"__metadata__":{"format":${JSON.stringify(formatName)},"version":"`

async function readHeader(
  blob: Blob,
  name: string,
): Promise<{ readonly about: unknown; readonly parts: ReadonlyMap<string, Stretch> }> {
  const start = await blobBytes(blob.slice(0, lengthBytes + beginning.length), name)
  if (new TextDecoder().decode(start.subarray(lengthBytes)) !== beginning)
    throw bad(`${name} is no document that Longtab saved; choose a file that was saved or exported`)
  const dataStart = lengthBytes + headerLength(start.subarray(0, lengthBytes), blob.size, name)
  const json = await blobBytes(blob.slice(lengthBytes, dataStart), name)
  const { tensors, metadata } = parseHeader(json, undefined, name)
  requireVersion(metadata['version'], name)
  const { about, hashes } = await contentsOf(metadata, name)
  const parts = new Map<string, Stretch>()
  for (const { name: part, start: from, bytes } of tensors) {
    const own = Object.hasOwn(hashes, part) ? hashes[part] : undefined
    if (own?.length !== Math.ceil(bytes / sliceBytes)) throw damagedHeader(name)
    parts.set(part, { start: from, bytes, hashes: own })
  }
  if (parts.size !== Object.keys(hashes).length) throw damagedHeader(name)
  requireWhole(blob, parts, dataStart, name)
  return { about, parts }
}

function requireVersion(version: string | undefined, name: string): void {
  if (version === String(formatVersion)) return
  throw bad(
    `${name} is of version ${version ?? 'none'} of saved documents and this Longtab opens version ${formatVersion}; read the document again, or open it with the Longtab that saved it`,
  )
}

async function contentsOf(
  { contents = '', contents_sha256: expected }: Readonly<Record<string, string>>,
  name: string,
): Promise<Contents> {
  if ((await sha256(new TextEncoder().encode(contents))) !== expected) throw damagedHeader(name)
  const { about, hashes } = (JSON.parse(contents) ?? {}) as Partial<Contents>
  if (!Object.values(hashes ?? {}).every(Array.isArray)) throw damagedHeader(name)
  return { about, hashes: hashes ?? {} }
}

/** Throws LongtabError `bad-file` unless the file ends where its last part does; names the first that is not whole. */
function requireWhole(
  blob: Blob,
  parts: ReadonlyMap<string, Stretch>,
  dataStart: number,
  name: string,
): void {
  let end = dataStart
  for (const [part, { start, bytes }] of parts) {
    end = start + bytes
    if (end <= blob.size) continue
    throw bad(
      `${name} is cut: it ends after ${inBytes(blob.size)}, inside its part ${part}, which goes to ${inBytes(end)}; copy the file again, or read the document again`,
    )
  }
  if (end === blob.size) return
  throw bad(
    `${name} has ${inBytes(blob.size)} where ${inBytes(end)} were saved; copy the file again, or read the document again`,
  )
}

function damagedHeader(name: string): LongtabError {
  return bad(
    `${name} is damaged: its header is not as it was saved; copy the file again, or read the document again`,
  )
}

function bad(message: string): LongtabError {
  return new LongtabError('bad-file', message)
}
