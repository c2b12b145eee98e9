// A picked file as a ByteFile.
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import { inBytes, readAll, type ByteFile, type OnBytes } from './byte_file.ts'

/** Bytes per read: a stream's own pieces may be as large as the file. */
const pieceBytes = 1 << 20

export function blobFile(blob: Blob, name: string, onBytes: OnBytes): ByteFile {
  const file: ByteFile = {
    name,
    size: () => Promise.resolve(blob.size),
    async *read(start, end, signal) {
      if (end > blob.size) throw endsEarly(name, blob.size, end)
      for (let at = start; at < end; at += pieceBytes) {
        throwIfAborted(signal, `reading ${name}`)
        const bytes = await blobBytes(blob.slice(at, Math.min(end, at + pieceBytes)), name)
        onBytes(bytes.length)
        yield bytes
      }
    },
    part: (start, end, signal) => readAll(file, start, end, signal),
    close: () => undefined,
  }
  return file
}

/** Throws LongtabError `bad-file` when the file was changed or removed after it was picked. */
export async function blobBytes(blob: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer())
  } catch (cause) {
    throw new LongtabError(
      'bad-file',
      `${name} cannot be read: it was changed or removed after it was picked; pick it again`,
      { cause },
    )
  }
}

function endsEarly(name: string, size: number, expected: number): LongtabError {
  return new LongtabError(
    'bad-file',
    `${name} ends after ${inBytes(size)} where ${inBytes(expected)} were expected; fetch the file again`,
  )
}
