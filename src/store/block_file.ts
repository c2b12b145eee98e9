// One stored file: its bytes in place, and beside them a journal of the blocks that have arrived, each with its SHA-256. A
// block without its line in the journal is not there, and no byte is handed out without its block's hash having been
// checked: natively, and faster than a disk reads.
import { LongtabError } from '../errors.ts'
import { sha256 } from '../sha256.ts'
import type { Folder, OpenFile } from './folder.ts'
import { openJournal, readJournal, type Journal } from './journal.ts'

/** Bytes of a block of a file that is begun; of its last one, what is left. */
const usualBlockBytes = 4 << 20

/** What the journal says. */
export interface Blocks {
  /** undefined before the first answer of the server */
  readonly bytes: number | undefined
  readonly blockBytes: number
  /** what names this content: the hash that the source gave, or the server's ETag or date */
  readonly version: string | undefined
  /** block → SHA-256 */
  readonly hashes: ReadonlyMap<number, string>
  /** every block is there, and the whole was held against the source's hash where it gave one */
  readonly whole: boolean
}

type Line =
  | { readonly bytes: number; readonly blockBytes: number; readonly version: string | undefined }
  | { readonly block: number; readonly sha256: string }
  | { readonly lost: number }
  | { readonly whole: true }

export async function readBlocks(folders: FileFolders, name: string): Promise<Blocks> {
  return blocksOf(await readJournal(folders.blocks, name), usualBlockBytes)
}

/** Of a stored model: its files' bytes, and under the same names their journals. */
export interface FileFolders {
  readonly files: Folder
  readonly blocks: Folder
}

function blocksOf(
  lines: readonly unknown[],
  usual: number,
): Blocks & { hashes: Map<number, string> } {
  let bytes: number | undefined
  let blockBytes = usual
  let version: string | undefined
  let whole = false
  const hashes = new Map<number, string>()
  for (const line of lines as Line[]) {
    if ('bytes' in line) ({ bytes, blockBytes, version } = line)
    else if ('block' in line) hashes.set(line.block, line.sha256)
    else if ('lost' in line) {
      hashes.delete(line.lost)
      whole = false
    } else if ('whole' in line) whole = hashes.size === blockCount({ bytes, blockBytes })
  }
  return { bytes, blockBytes, version, hashes, whole }
}

type Cut = Pick<Blocks, 'bytes' | 'blockBytes'>

export function blockCount({ bytes = 0, blockBytes }: Cut): number {
  return Math.ceil(bytes / blockBytes)
}

export function lengthOf(block: number, { bytes = 0, blockBytes }: Cut): number {
  return Math.min(blockBytes, bytes - block * blockBytes)
}

/** A file being written. */
export interface GrowingFile extends Blocks {
  /** states what file this is to be; forgets what was there of another */
  begin(bytes: number, version: string | undefined): void
  /** stores a whole block */
  write(block: number, content: Uint8Array<ArrayBuffer>): Promise<void>
  /** the block's bytes, or undefined when it is not there or damaged; it is then missing */
  read(block: number): Promise<Uint8Array<ArrayBuffer> | undefined>
  forget(): void
  finish(): void
  close(): void
}

/** @param blockBytes of a file that is begun anew */
export async function openToGrow(
  folders: FileFolders,
  name: string,
  blockBytes = usualBlockBytes,
): Promise<GrowingFile> {
  const journal = await openJournal(folders.blocks, name)
  try {
    return growing(await folders.files.openToWrite(name), journal, blockBytes)
  } catch (error) {
    journal.close()
    throw error
  }
}

function growing(file: OpenFile, journal: Journal, usual: number): GrowingFile {
  const { hashes, ...start } = blocksOf(journal.lines, usual)
  let { bytes, blockBytes, version, whole } = start
  const forget = () => {
    journal.clear()
    file.truncate(0)
    hashes.clear()
    bytes = undefined
    version = undefined
    whole = false
  }
  const add = (line: Line) => journal.add(line)
  return {
    get bytes() {
      return bytes
    },
    get blockBytes() {
      return blockBytes
    },
    get version() {
      return version
    },
    get whole() {
      return whole
    },
    hashes,
    begin(newBytes, newVersion) {
      if (bytes === newBytes && version !== undefined && version === newVersion) return
      forget()
      add({ bytes: newBytes, blockBytes: usual, version: newVersion })
      bytes = newBytes
      blockBytes = usual
      version = newVersion
    },
    async write(block, content) {
      const hash = await sha256(content)
      file.write(block * blockBytes, content)
      add({ block, sha256: hash }) // should a power cut take the bytes and leave the line, the hash tells
      hashes.set(block, hash)
    },
    async read(block) {
      const expected = hashes.get(block)
      if (expected === undefined || bytes === undefined) return undefined
      const content = await file.read(block * blockBytes, lengthOf(block, { bytes, blockBytes }))
      if ((await sha256(content)) === expected) return content
      add({ lost: block })
      hashes.delete(block)
      return undefined
    },
    forget,
    finish() {
      file.flush()
      add({ whole: true })
      journal.flush()
      whole = true
    },
    close() {
      file.close()
      journal.close()
    },
  }
}

/** Blocks whose reading and hashing is under way while one is worked on. */
const ahead = 3

/**
 * The bytes from `start` up to `end` of a file that is whole, every block of them checked.
 * Throws LongtabError `bad-file` when a block is damaged; the next load then fetches that block again.
 */
export async function* readStored(
  folders: FileFolders,
  name: string,
  shownName: string,
  { bytes = 0, blockBytes, hashes }: Blocks,
  file: OpenFile,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  if (end > bytes) {
    throw new LongtabError(
      'bad-file',
      `${shownName} ends after ${bytes.toLocaleString('en-US')} bytes where ${end.toLocaleString('en-US')} were expected; the file at its source is not whole`,
    )
  }
  const checked = async (block: number): Promise<Uint8Array> => {
    const content = await file.read(block * blockBytes, lengthOf(block, { bytes, blockBytes }))
    if ((await sha256(content)) === hashes.get(block)) return content
    await markLost(folders, name, block)
    throw new LongtabError(
      'bad-file',
      `what is stored of ${shownName} was damaged at byte ${(block * blockBytes).toLocaleString('en-US')}; load again to fetch that part anew`,
    )
  }
  const last = Math.ceil(end / blockBytes) - 1
  const coming: Promise<Uint8Array>[] = []
  let next = Math.floor(start / blockBytes)
  for (let block = next; block <= last; block++) {
    while (next <= last && next < block + ahead) {
      const promise = checked(next++)
      promise.catch(() => undefined) // whoever comes to it gets the error
      coming.push(promise)
    }
    const content = await coming.shift()
    const from = block * blockBytes
    if (content) yield content.subarray(Math.max(0, start - from), end - from)
  }
}

async function markLost({ blocks }: FileFolders, name: string, block: number): Promise<void> {
  if (!blocks.writable) return // a page that only looks leaves it to the next load
  const journal = await openJournal(blocks, name)
  journal.add({ lost: block })
  journal.close()
}
