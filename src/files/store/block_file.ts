// One stored file: its bytes, and a journal of the blocks that have arrived, each with its hash. A block without a line
// in the journal counts as missing, and so does one with a hash of another kind. No byte is returned before its block's
// hash was checked, once for as long as the file is open. All reads reuse one buffer, since clearing new memory costs more
// time than a fast disk.
import { LongtabError } from '../../api/errors.ts'
import { blockHash, type BlockHash } from './block_hash.ts'
import type { Folder, OpenFile } from './folder.ts'
import { openJournal, readJournal, type Journal } from './journal.ts'

/** Bytes per block of a new file; the last block may be shorter. */
const usualBlockBytes = 4 << 20

/** The contents of the journal. */
export interface Blocks {
  /** undefined before the server's first response */
  readonly bytes: number | undefined
  readonly blockBytes: number
  /** identifies the content: the source's hash, or the server's ETag or date */
  readonly version: string | undefined
  /** block → see block_hash.ts */
  readonly hashes: ReadonlyMap<number, string>
  /** every block is stored, and the file matches the source's hash if there is one */
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

/** Folders of a stored model: the files' bytes, and under the same names their journals. */
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

/** Bytes in stored blocks. */
export function heldBytes(file: Blocks): number {
  return [...file.hashes.keys()].reduce((sum, block) => sum + lengthOf(block, file), 0)
}

export function missingBytes(file: Blocks): number {
  return (file.bytes ?? 0) - heldBytes(file)
}

/** A file being written. */
export interface GrowingFile extends Blocks {
  /** sets the file's size and version; drops blocks of another version */
  begin(bytes: number, version: string | undefined): void
  /** stores a whole block */
  write(block: number, content: Uint8Array<ArrayBuffer>): void
  /** the block's bytes, valid until the next read; undefined when it is missing or damaged, and then it is missing */
  read(block: number): Promise<Uint8Array | undefined>
  forget(): void
  finish(): void
  close(): void
}

/** @param blockBytes of a new file */
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
      add({ block, xxh64 }) // after a power cut may leave a line without its bytes, the hash tells
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

/** A complete file, being read. */
export interface StoredFile {
  /**
   * The bytes from `start` up to `end`, with every block checked when it is first read. A piece is valid until the next is requested. Throws
   * LongtabError `bad-file` when a block is damaged; the next load then fetches that block again.
   */
  read(start: number, end: number): AsyncGenerator<Uint8Array>
  close(): void
}

/** A block that was read and checked, so that tensors in the same block do not read it again. */
interface Checked {
  /** (blockBytes), or fewer in a file of one block */
  readonly content: Uint8Array<ArrayBuffer>
  /** undefined while empty */
  block: number | undefined
}

/** Undefined when its bytes are not stored. */
export async function openStored(
  folders: FileFolders,
  name: string,
  shownName: string,
  { bytes = 0, blockBytes, hashes }: Blocks,
): Promise<StoredFile | undefined> {
  const hash = await blockHash()
  const file = await folders.files.openToRead(name)
  if (file === undefined) return undefined
  /** free between two reads; a read takes it, so that concurrent reads have buffers of their own */
  let idle: Checked | undefined
  /** blocks that were sound since the file was opened: of these a short stretch is read by itself */
  const sound = new Set<number>()

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
    sound.add(block)
  }
  /** bytes `first` … `last` − 1 of a block */
  const stretchOf = async (checked: Checked, block: number, first: number, last: number) => {
    if (checked.block !== block && sound.has(block)) {
      checked.block = undefined
      const into = checked.content.subarray(0, last - first)
      const stretch = await file.read(block * blockBytes + first, into)
      if (stretch.length === last - first) return stretch // the file may have been cut meanwhile
    }
    if (checked.block !== block) await fill(checked, block)
    return checked.content.subarray(first, last)
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
          const from = block * blockBytes
          const first = Math.max(0, start - from)
          const last = Math.min(end - from, lengthOf(block, { bytes, blockBytes }))
          yield await stretchOf(checked, block, first, last)
        }
      } finally {
        idle = checked
      }
    },
    close: () => file.close(),
  }
}

async function markLost({ blocks }: FileFolders, name: string, block: number): Promise<void> {
  if (!blocks.writable) return // a read-only page leaves it to the next load
  const journal = await openJournal(blocks, name)
  journal.add({ lost: block })
  journal.close()
}
