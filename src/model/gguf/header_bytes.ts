// The bytes of a GGUF file's header. Nothing says how long it is, so it is walked through and requested as far as it is thought to
// go. Few bytes of the weights behind it come along.
// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { LongtabError } from '../../api/errors.ts'
import { inBytes, type ByteFile } from '../../files/byte_file.ts'

/** Bytes requested at once at least. */
const leastRequest = 1 << 17

/** Several times as long as any. */
const longestHeader = 48 << 20

/**
 * The header and perhaps some bytes behind it; of a file that is no GGUF its first bytes. Throws LongtabError `bad-file` where
 * the file ends before its header does.
 */
export async function headerBytes(
  file: ByteFile,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = await file.size(signal)
  let bytes = await file.part(0, Math.min(leastRequest, size ?? 8), signal)
  for (;;) {
    const { least, likely } = lengthOf(bytes)
    if (least <= bytes.length) return bytes
    if (least > longestHeader) {
      throw bad(file, `has a header of more than ${inBytes(longestHeader)}, which cannot be`)
    }
    if (size !== undefined && least > size) {
      throw bad(file, `is cut: its header is longer than its ${inBytes(size)}`)
    }
    const wanted = Math.max(likely, bytes.length + leastRequest)
    const end = size === undefined ? least : Math.min(wanted, size, longestHeader)
    const rest = await file.part(bytes.length, end, signal)
    bytes = new Uint8Array(await new Blob([bytes, rest]).arrayBuffer())
  }
}

const magic = [0x47, 0x47, 0x55, 0x46] // GGUF

/** Numbers of types whose values have no fixed size. */
const [text, list] = [8, 9]

/** Type → bytes of a value. */
const fixed: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1 },
  ...{ 10: 8, 11: 8, 12: 8 },
}

/**
 * Bytes of the header as far as its first bytes tell. For the least, numbers beyond them are taken for 0, than which none is less.
 * Likely, the texts of a list are as long as those that are there. Where something cannot be read the header is taken to end.
 */
function lengthOf(bytes: Uint8Array<ArrayBuffer>): { least: number; likely: number } {
  const view = new DataView(bytes.buffer)
  const unreadable = { least: 0, likely: 0 }
  let at = 0
  let guessed = 0
  const number = (width: number): number => {
    const start = at
    at += width
    if (at > bytes.length) return 0
    return width === 4 ? view.getUint32(start, true) : Number(view.getBigUint64(start, true))
  }

  if (!magic.every((byte, i) => (bytes[i] ?? byte) === byte)) return unreadable
  number(4)
  const version = number(4)
  if (version > 3) return unreadable // or big-endian
  const width = version === 1 ? 4 : 8 // of counts and lengths
  const passText = (): void => {
    const length = number(width)
    at += length
  }
  const pass = (type: number): void => {
    if (type === text) passText()
    else if (type === list) passList()
    else at += fixed[type] ?? Infinity
  }
  const passList = (): void => {
    const type = number(4)
    const count = number(width)
    const each = fixed[type]
    if (each !== undefined) at += count * each
    else if (type === text) passTexts(count)
    else for (let i = 0; i < count && at <= longestHeader; i++) pass(type)
  }
  const passTexts = (count: number): void => {
    const start = at
    let there = 0
    let taken = 0
    for (let i = 0; i < count && at <= longestHeader; i++) {
      passText()
      if (at > bytes.length) continue
      there = i + 1
      taken = at - start - there * width
    }
    if (there > 0) guessed += Math.floor(((count - there) * taken) / there)
  }
  const tensors = number(width)
  const fields = number(width)
  for (let i = 0; i < fields && at <= longestHeader; i++) {
    passText()
    pass(number(4))
  }
  for (let i = 0; i < tensors && at <= longestHeader; i++) {
    passText()
    const axes = number(4)
    at += axes * width + 4 + 8 // shape, type, offset
  }
  return at === Infinity ? unreadable : { least: at, likely: at + guessed }
}

function bad(file: ByteFile, fault: string): LongtabError {
  return new LongtabError('bad-file', `${file.name} ${fault}; fetch it again`)
}
