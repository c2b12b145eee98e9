// Blocks of a document that memory is not to hold, in a private file of its own. Where the browser keeps no files, or has no room
// for more, nothing is written and whoever has the block keeps it.
import { LongtabError } from '../api/errors.ts'
import type { Folder, OpenFile } from '../files/store/folder.ts'

interface Named {
  readonly name: string
  readonly file: OpenFile
}

export class PrivateBlocks {
  readonly #folder: Folder | undefined
  readonly #blockBytes: number
  #opened: Named | undefined
  #full = false

  /** @param folder for such files alone, a `privateFolder` in a worker: what other documents left there is removed */
  constructor(folder: Folder | undefined, blockBytes: number) {
    this.#folder = folder?.writable === true ? folder : undefined
    this.#blockBytes = blockBytes
  }

  /** Opens a file, unless one is open. */
  async open(): Promise<void> {
    if (this.#folder === undefined || this.#opened !== undefined) return
    await removeLeft(this.#folder)
    const name = crypto.randomUUID() // of its own, so that several tabs may read
    this.#opened = { name, file: await this.#folder.openToWrite(name) }
  }

  /** Whether the block is in the file now. */
  write(block: number, bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#opened === undefined || this.#full) return false
    try {
      this.#opened.file.write(block * this.#blockBytes, bytes)
      return true
    } catch (error) {
      if (!(error instanceof LongtabError && error.code === 'storage-full')) throw error
      this.#full = true
      return false
    }
  }

  /** Fills `into` from a block that was written. Throws LongtabError `bad-file` where it is not there any more. */
  async read(block: number, fromByte: number, into: Uint8Array<ArrayBuffer>): Promise<void> {
    const found = await this.#opened?.file.read(block * this.#blockBytes + fromByte, into)
    if (found?.length === into.length) return
    throw new LongtabError(
      'bad-file',
      `the private file of this document gave ${found?.length ?? 0} bytes where ${into.length} were written; read the document again`,
    )
  }

  /** Gives the file back. */
  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    this.#full = false
    opened?.file.close()
    if (opened) await this.#folder?.remove(opened.name)
  }
}

/** What tabs left behind that were closed while they read; the browser refuses those that are in use. */
async function removeLeft(folder: Folder): Promise<void> {
  for (const { name } of await folder.files()) await folder.remove(name).catch(() => undefined)
}
