// A zip archive that a document lies in: its files are unpacked where they lie, as they are taken, up to a limit.
import { Inflate } from 'fflate'
import { LongtabError } from '../api/errors.ts'
import { blobFile } from '../files/blob_file.ts'
import type { ByteFile } from '../files/byte_file.ts'
import { contentStart, readDirectory, type ZipEntry } from '../files/zip_directory.ts'
import { unreadable } from './faults.ts'

export interface Zip {
  readonly names: readonly string[]
  has(name: string): boolean
  /** The bytes of a file, unpacked as they are taken. Throws where there is none. */
  bytes(name: string): AsyncGenerator<Uint8Array<ArrayBuffer>>
  /** The text of an XML file, decoded as it is taken. */
  chunks(name: string): AsyncGenerator<string>
  /** A whole file of text; `''` where there is none. */
  text(name: string): Promise<string>
}

/** Bytes that all files of an archive may unpack to. */
export interface ZipLimits {
  readonly mostBytes: number
  /** a file may unpack to so many times its own size, once it is beyond `freeBytes` */
  readonly mostRatio: number
  readonly freeBytes: number
}

/** Text is deflated to a fifth, sheets of zeros to a fiftieth; a zip bomb to a thousandth. */
const limits: ZipLimits = { mostBytes: 2 ** 29, mostRatio: 200, freeBytes: 2 ** 24 }

/** What is unpacked at once may be a thousand times as long. */
const packedPiece = 16_384

const bad = (_: ByteFile, fault: string): LongtabError => unreadable(fault)

/** Opens the directory of an archive. Throws LongtabError `bad-input` where it is damaged. */
export async function openZip(blob: Blob, limit: ZipLimits = limits): Promise<Zip> {
  const file = blobFile(blob, 'the document', () => undefined)
  const entries = await readDirectory(file, bad)
  let unpacked = 0 // bytes, of all files so far

  const count = (entry: ZipEntry, ofEntry: number, more: number): void => {
    unpacked += more
    if (unpacked > limit.mostBytes) throw tooLarge(unpacked, limit.mostBytes)
    const ratio = ofEntry / Math.max(1, entry.packed)
    if (ofEntry > limit.freeBytes && ratio > limit.mostRatio) {
      throw unreadable(
        `holds ${entry.name}, which unpacks to over ${Math.floor(ratio)} times its size where at most ${limit.mostRatio} times are read: it looks like a zip bomb; give its text in another way`,
      )
    }
  }

  async function* bytes(name: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const entry = entries.get(name)
    if (entry === undefined) throw unreadable(`has no ${name} in its archive; save it again`)
    requireReadable(entry)
    if (entry.bytes > limit.mostBytes) throw tooLarge(entry.bytes, limit.mostBytes)
    const start = await contentStart(file, entry, bad)
    const packed = file.read(start, start + entry.packed)
    let given = 0
    for await (const part of entry.method === 0 ? packed : inflated(packed, entry)) {
      given += part.length
      count(entry, given, part.length)
      yield part as Uint8Array<ArrayBuffer>
    }
  }

  async function* chunks(name: string): AsyncGenerator<string> {
    let decoder: TextDecoder | undefined
    for await (const part of bytes(name)) {
      decoder ??= new TextDecoder(encodingOf(part))
      yield decoder.decode(part, { stream: true })
    }
    yield decoder?.decode() ?? ''
  }

  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    bytes,
    chunks,
    async text(name) {
      if (!entries.has(name)) return ''
      let text = ''
      for await (const chunk of chunks(name)) text += chunk
      return text
    },
  }
}

/** XML is UTF-8 unless it begins with the mark of UTF-16. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

function requireReadable({ name, method, isEncrypted }: ZipEntry): void {
  if (isEncrypted) throw unreadable(`holds ${name} under a password; save it without one`)
  if (method !== 0 && method !== 8)
    throw unreadable(`compresses ${name} by zip method ${method}, which is not read; save it again`)
}

function tooLarge(bytes: number, most: number): LongtabError {
  const [has, may] = [bytes, most].map((count) => count.toLocaleString('en-US'))
  return unreadable(
    `unpacks to ${has} bytes or more, and at most ${may} are read: it looks like a zip bomb; give its text in another way`,
  )
}

async function* inflated(
  packed: AsyncIterable<Uint8Array>,
  { name }: ZipEntry,
): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = []
  const state = { isWhole: false }
  const inflate = new Inflate((part, final) => {
    if (part.length > 0) out.push(part)
    state.isWhole ||= final
  })
  const push = (part: Uint8Array, final: boolean): void => {
    try {
      inflate.push(part, final)
    } catch (error) {
      throw unreadable(`is damaged: ${name} cannot be unpacked; fetch it again`, error)
    }
  }
  for await (const part of packed) {
    for (let at = 0; at < part.length; at += packedPiece) {
      push(part.subarray(at, at + packedPiece), false)
      yield* out.splice(0)
    }
  }
  if (!state.isWhole) push(new Uint8Array(0), true)
  yield* out.splice(0)
}
