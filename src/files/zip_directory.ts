// The directory of a zip archive. Every file can be read in place, so that no more than a slice of a large one is ever held.
// Format: APPNOTE.TXT 6.3, sections 4.3.7 (local header), 4.3.12 (directory) and 4.3.16 (its end).
import type { LongtabError } from '../api/errors.ts'
import { inBytes, type ByteFile } from './byte_file.ts'

/** One file of the archive. */
export interface ZipEntry {
  readonly name: string
  /** 0: stored as it is; 8: deflated */
  readonly method: number
  readonly isEncrypted: boolean
  /** as it lies in the archive */
  readonly packed: number
  /** unpacked, as the directory says */
  readonly bytes: number
  /** of its local header, which its bytes follow */
  readonly header: number
}

const endMark = 0x06054b50
const entryMark = 0x02014b50
const localMark = 0x04034b50
const endBytes = 22
const entryBytes = 46
const localBytes = 30
/** at the end of an archive, of any length up to this */
const longestComment = 0xffff
/** what a field holds that zip64 has elsewhere: the archive is beyond 4 GB */
const elsewhere = 0xffffffff
/** Some 15,000 files: far beyond any document or checkpoint, and little to hold. */
const largestDirectory = 1 << 20

/** The error of an archive with this fault, such as `is cut`. */
export type Fault = (file: ByteFile, fault: string) => LongtabError

/** Reads the directory alone, which lies at the end. Throws what `bad` makes of anything that cannot be. */
export async function readDirectory(
  file: ByteFile,
  bad: Fault,
  signal?: AbortSignal,
): Promise<Map<string, ZipEntry>> {
  const size = await file.size(signal)
  if (size === undefined) {
    throw bad(file, 'has a length that its server does not say; download it and choose the file')
  }
  const tailStart = Math.max(0, size - endBytes - longestComment)
  const tail = viewOf(await file.part(tailStart, size, signal))
  const end = endOf(tail)
  if (end === undefined) throw bad(file, 'is cut: its zip directory is missing; fetch it again')
  const length = tail.getUint32(end + 12, true)
  const start = tail.getUint32(end + 16, true)
  if (length === elsewhere || start === elsewhere) {
    throw bad(file, 'is a zip archive beyond 4 GB, which is not read')
  }
  if (length > largestDirectory || start + length > tailStart + end) {
    throw bad(
      file,
      `announces a zip directory of ${inBytes(length)} at byte ${start.toLocaleString('en-US')}, which cannot be`,
    )
  }
  return entriesOf(viewOf(await file.part(start, start + length, signal)), start, file, bad)
}

/** Where a file's bytes begin: behind its local header, whose length the directory does not say. */
export async function contentStart(
  file: ByteFile,
  { name, packed, header }: ZipEntry,
  bad: Fault,
  signal?: AbortSignal,
): Promise<number> {
  const local = viewOf(await file.part(header, header + localBytes, signal))
  if (local.getUint32(0, true) !== localMark) {
    throw bad(file, `has no ${name} where its zip directory says; fetch it again`)
  }
  const start = header + localBytes + local.getUint16(26, true) + local.getUint16(28, true)
  const size = await file.size(signal)
  if (size !== undefined && start + packed > size) {
    throw bad(
      file,
      `is cut: ${name} ends at ${inBytes(start + packed)} and the file has ${inBytes(size)}; fetch it again`,
    )
  }
  return start
}

/** The last place that can be the end of a directory: with a comment exactly as long as what follows. */
function endOf(tail: DataView): number | undefined {
  for (let at = tail.byteLength - endBytes; at >= 0; at--) {
    const comment = tail.byteLength - at - endBytes
    if (tail.getUint32(at, true) === endMark && tail.getUint16(at + 20, true) === comment) return at
  }
  return undefined
}

function entriesOf(
  directory: DataView,
  end: number,
  file: ByteFile,
  bad: Fault,
): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>()
  for (let at = 0; at < directory.byteLength;) {
    if (at + entryBytes > directory.byteLength || directory.getUint32(at, true) !== entryMark) {
      throw bad(file, `has a damaged zip directory; fetch it again`)
    }
    const nameBytes = directory.getUint16(at + 28, true)
    const next = at + entryBytes + nameBytes + sum16(directory, at + 30, 2)
    if (next > directory.byteLength) throw bad(file, 'has a damaged zip directory; fetch it again')
    const start = directory.byteOffset + at + entryBytes
    const name = new TextDecoder().decode(new Uint8Array(directory.buffer, start, nameBytes))
    const isEncrypted = (directory.getUint16(at + 8, true) & 1) !== 0
    const method = directory.getUint16(at + 10, true)
    const packed = directory.getUint32(at + 20, true)
    const bytes = directory.getUint32(at + 24, true)
    const header = directory.getUint32(at + 42, true)
    if (bytes === elsewhere || packed === elsewhere || header === elsewhere) {
      throw bad(file, 'is a zip archive beyond 4 GB, which is not read')
    }
    if (header + localBytes + packed > end) {
      throw bad(file, `places ${name} beyond its zip directory; fetch it again`)
    }
    if (entries.has(name)) throw bad(file, `holds ${name} twice; fetch it again`)
    entries.set(name, { name, method, isEncrypted, packed, bytes, header })
    at = next
  }
  return entries
}

function sum16(view: DataView, at: number, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += view.getUint16(at + 2 * i, true)
  return sum
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
