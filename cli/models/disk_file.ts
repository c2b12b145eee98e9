// A file on this machine's disk, as a ByteFile.
import { open, stat } from 'node:fs/promises'
import type { ByteFile } from '../../src/files/byte_file.ts'

/** Bytes read at a time. */
const pieceBytes = 1 << 20

export function diskFile(path: string): ByteFile {
  return {
    name: path,
    size: async () => (await stat(path)).size,
    async *read(start, end) {
      const file = await open(path)
      try {
        for (let at = start; at < end;) {
          const piece = new Uint8Array(Math.min(pieceBytes, end - at))
          const { bytesRead } = await file.read(piece, 0, piece.length, at)
          if (bytesRead === 0) throw new Error(`${path} ends at byte ${at}, ${end} were expected`)
          yield piece.subarray(0, bytesRead)
          at += bytesRead
        }
      } finally {
        await file.close()
      }
    },
    close: () => undefined,
  }
}
