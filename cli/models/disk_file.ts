// A file on this machine's disk, as a ByteFile.
import { open, stat } from 'node:fs/promises'
import { readAll, type ByteFile } from '../../src/files/byte_file.ts'

/** Bytes read at a time. */
const pieceBytes = 1 << 20

export function diskFile(path: string): ByteFile {
  const file: ByteFile = {
    name: path,
    size: async () => (await stat(path)).size,
    async *read(start, end) {
      const opened = await open(path)
      try {
        for (let at = start; at < end;) {
          const piece = new Uint8Array(Math.min(pieceBytes, end - at))
          const { bytesRead } = await opened.read(piece, 0, piece.length, at)
          if (bytesRead === 0) throw new Error(`${path} ends at byte ${at}, ${end} were expected`)
          yield piece.subarray(0, bytesRead)
          at += bytesRead
        }
      } finally {
        await opened.close()
      }
    },
    part: (start, end) => readAll(file, start, end),
    close: () => undefined,
  }
  return file
}
