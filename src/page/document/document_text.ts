// The document as the page holds it: a Blob of UTF-8 with an index from UTF-16 offsets to bytes. With the index any passage
// of a 50 MB text can be shown without the whole ever being in memory.
import { fileText, LongtabError, type FileOptions, type FileText } from '../../index.ts'
import { lastUpTo } from '../last_up_to.ts'

const windowBytes = 128 * 1024
const windowsKept = 4

export interface DocumentText extends FileText {
  readonly name: string
  /** UTF-16 units */
  readonly length: number
  /** The text between two UTF-16 offsets. */
  slice(from: number, to: number): Promise<string>
}

/** Windows of the blob, cut between characters. */
interface Index {
  /** (windows + 1), ascending: the first byte of each window, then the size */
  readonly firstByte: number[]
  /** (windows + 1), ascending: the first UTF-16 offset of each window, then the length */
  readonly firstUnit: number[]
}

/**
 * Takes a file's text and reads through it, a window at a time. Throws LongtabError `bad-input` for binary or empty files,
 * `needs-password` for locked ones.
 * @param options what the user chose; by default the file tells
 */
export async function openText(
  name: string,
  source: Blob,
  options: FileOptions = {},
  signal?: AbortSignal,
): Promise<DocumentText> {
  const file = await withItsName(name, fileText(source, options, signal))
  const { blob } = file
  const index: Index = { firstByte: [0], firstUnit: [0] }
  let byte = 0
  let unit = 0
  let blank = true
  while (byte < blob.size) {
    const bytes = await bytesOf(name, blob.slice(byte, byte + windowBytes))
    const whole = byte + bytes.length < blob.size ? wholeCharacters(bytes) : bytes.length
    const text = decode(bytes.subarray(0, whole))
    blank &&= text.trim() === ''
    byte += whole
    unit += text.length
    index.firstByte.push(byte)
    index.firstUnit.push(unit)
  }
  if (blank) throw new LongtabError('bad-input', `${name} is empty; choose a text with words in it`)
  const windows = rememberLast(async (i: number) => {
    return decode(await bytesOf(name, blob.slice(index.firstByte[i], index.firstByte[i + 1])))
  })
  return {
    ...file,
    name,
    length: unit,
    async slice(from, to) {
      let text = ''
      const end = Math.min(to, unit)
      for (let i = lastUpTo(index.firstUnit, from); i + 1 < index.firstUnit.length; i += 1) {
        const start = index.firstUnit[i] ?? 0
        if (start >= end) break
        text += (await windows(i)).slice(Math.max(0, from - start), end - start)
      }
      return text
    },
  }
}

/** Throws LongtabError `bad-input` when the file behind the blob is gone or has changed. */
async function bytesOf(name: string, part: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await part.arrayBuffer())
  } catch (cause) {
    throw new LongtabError(
      'bad-input',
      `${name} can no longer be read: its file was moved or changed, or the disk is full; choose it again`,
      { cause },
    )
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/** How many of the bytes form whole UTF-8 characters. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Errors of the module name the document; here it has a name of its own. */
export async function withItsName<T>(name: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof LongtabError)) throw error
    const message = error.message.replace(/\bthe document\b/, name)
    throw new LongtabError(error.code, message, { cause: error })
  }
}

function rememberLast<T>(read: (i: number) => Promise<T>): (i: number) => Promise<T> {
  const kept = new Map<number, Promise<T>>()
  return (i) => {
    const found = kept.get(i) ?? read(i)
    kept.delete(i)
    kept.set(i, found)
    for (const oldest of kept.keys()) if (kept.size > windowsKept) kept.delete(oldest)
    return found
  }
}
