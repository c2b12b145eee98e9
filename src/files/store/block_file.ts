// One stored file: its bytes in place, and beside them a journal of the blocks that have arrived, each with its hash. A
// block without its line in the journal is not there, nor is one whose line holds a hash of another kind, and no byte is
// handed out without its block's hash having been checked. Bytes are read into one buffer again and again: what costs time
// where the disk is fast is memory that the system has to clear first.
import { LongtabError } from '../../api/errors.ts'
import { blockHash, type BlockHash } from './block_hash.ts'
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
  /** block → see block_hash.ts */
  readonly hashes: ReadonlyMap<number, string>
  /** every block is there, and the whole was held against the source's hash where it gave one */
  readonly whole: boolean
}

type Line =
  | { readonly bytes: number; readonly blockBytes: number; readonly version: string | undefined }
  | { readonly block: number; readonly xxh64: string }
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
    else if ('xxh64' in line) hashes.set(line.block, line.xxh64)
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

/** Bytes in the blocks that are there. */
export function heldBytes(file: Blocks): number {
  return [...file.hashes.keys()].reduce((sum, block) => sum + lengthOf(block, file), 0)
}

export function missingBytes(file: Blocks): number {
  return (file.bytes ?? 0) - heldBytes(file)
}

/** A file being written. */
export interface GrowingFile extends Blocks {
  /** states what file this is to be; forgets what was there of another */
  begin(bytes: number, version: string | undefined): void
  /** stores a whole block */
  write(block: number, content: Uint8Array<ArrayBuffer>): void
  /** the block's bytes until the next are read, or undefined when it is not there or damaged; it is then missing */
  read(block: number): Promise<Uint8Array | undefined>
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
  const hash = await blockHash()
  const journal = await openJournal(folders.blocks, name)
  try {
    return growing(await folders.files.openToWrite(name), journal, hash, blockBytes)
  } catch (error) {
    journal.close()
    throw error
  }
}

function growing(file: OpenFile, journal: Journal, hash: BlockHash, usual: number): GrowingFile {
  const { hashes, ...start } = blocksOf(journal.lines, usual)
  let { bytes, blockBytes, version, whole } = start
  let buffer: Uint8Array<ArrayBuffer> | undefined
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
    write(block, content) {
      const xxh64 = hash(content)
      file.write(block * blockBytes, content)
      add({ block, xxh64 }) // should a power cut take the bytes and leave the line, the hash tells
      hashes.set(block, xxh64)
    },
    async read(block) {
      const expected = hashes.get(block)
      if (expected === undefined || bytes === undefined) return undefined
      if (buffer?.length !== blockBytes) buffer = new Uint8Array(blockBytes)
      const wanted = buffer.subarray(0, lengthOf(block, { bytes, blockBytes }))
      const content = await file.read(block * blockBytes, wanted)
      if (hash(content) === expected) return content
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

/** A file that is whole, being read. */
export interface StoredFile {
  /**
   * The bytes from `start` up to `end`, every block of them checked. A piece lasts until the next is asked for.
   * Throws LongtabError `bad-file` when a block is damaged; the next load then fetches that block again.
   */
  read(start: number, end: number): AsyncGenerator<Uint8Array>
  close(): void
}

/** A block that was read and checked, so that tensors which share one do not have it read for each of them. */
interface Checked {
  /** (blockBytes), or fewer in a file of one block */
  readonly content: Uint8Array<ArrayBuffer>
  /** undefined while it holds none */
  block: number | undefined
}

/** Undefined when its bytes are not there. */
export async function openStored(
  folders: FileFolders,
  name: string,
  shownName: string,
  { bytes = 0, blockBytes, hashes }: Blocks,
): Promise<StoredFile | undefined> {
  const hash = await blockHash()
  const file = await folders.files.openToRead(name)
  if (file === undefined) return undefined
  /** between two reads; a read takes it away, so that reads at the same time each have their own */
  let idle: Checked | undefined

  const fill = async (into: Checked, block: number): Promise<void> => {
    into.block = undefined
    const wanted = into.content.subarray(0, lengthOf(block, { bytes, blockBytes }))
    if (hash(await file.read(block * blockBytes, wanted)) !== hashes.get(block)) {
      await markLost(folders, name, block)
      throw new LongtabError(
        'bad-file',
        `what is stored of ${shownName} was damaged at byte ${(block * blockBytes).toLocaleString('en-US')}; load again to fetch that part anew`,
      )
    }
    into.block = block
  }
  return {
    async *read(start, end) {
      if (end > bytes) {
        throw new LongtabError(
          'bad-file',
          `${shownName} ends after ${bytes.toLocaleString('en-US')} bytes where ${end.toLocaleString('en-US')} were expected; the file at its source is not whole`,
        )
      }
      const checked = idle ?? {
        content: new Uint8Array(Math.min(blockBytes, bytes)),
        block: undefined,
      }
      idle = undefined
      try {
        for (let block = Math.floor(start / blockBytes); block * blockBytes < end; block++) {
          if (checked.block !== block) await fill(checked, block)
          const from = block * blockBytes
          const to = Math.min(end - from, lengthOf(block, { bytes, blockBytes }))
          yield checked.content.subarray(Math.max(0, start - from), to)
        }
      } finally {
        idle = checked
      }
    },
    close: () => file.close(),
  }
}

async function markLost({ blocks }: FileFolders, name: string, block: number): Promise<void> {
  if (!blocks.writable) return // a page that only looks leaves it to the next load
  const journal = await openJournal(blocks, name)
  journal.add({ lost: block })
  journal.close()
}
