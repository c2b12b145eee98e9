// An append-only file of JSON lines. A tab closed in the middle of a write loses only the last line.
import type { Folder, OpenFile } from './folder.ts'

const newline = 0x0a

/** The complete lines, oldest first; [] when there is no such file. */
export async function readJournal(folder: Folder, name: string): Promise<unknown[]> {
  const file = await folder.openToRead(name)
  if (file === undefined) return []
  try {
    return (await readLines(file)).lines
  } finally {
    file.close()
  }
}

export interface Journal {
  /** lines that existed when it was opened */
  readonly lines: readonly unknown[]
  add(line: object): void
  /** added lines are on disk when this returns */
  flush(): void
  /** removes every line */
  clear(): void
  close(): void
}

/** Created if missing. An incomplete last line is cut off. */
export async function openJournal(folder: Folder, name: string): Promise<Journal> {
  const file = await folder.openToWrite(name)
  const { lines, bytes } = await readLines(file)
  let end = bytes
  file.truncate(end)
  return {
    lines,
    add(line) {
      const written = new TextEncoder().encode(`${JSON.stringify(line)}\n`)
      file.write(end, written)
      end += written.length
    },
    flush: () => file.flush(),
    clear() {
      file.truncate(0)
      end = 0
    },
    close: () => file.close(),
  }
}

/** @returns the lines, and their length in bytes */
async function readLines(file: OpenFile): Promise<{ lines: unknown[]; bytes: number }> {
  const content = await file.read(0, new Uint8Array(file.size()))
  const lines: unknown[] = []
  let bytes = 0
  for (;;) {
    const end = content.indexOf(newline, bytes)
    if (end < 0) return { lines, bytes }
    try {
      lines.push(JSON.parse(new TextDecoder().decode(content.subarray(bytes, end))))
    } catch {
      return { lines, bytes } // lines after a damaged one were written without knowledge of it
    }
    bytes = end + 1
  }
}
