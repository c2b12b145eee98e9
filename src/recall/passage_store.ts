// Keeps what reading a passage again needs, outside the GPU: the document's ids, 4 bytes a token, and where each passage
// begins. The first ids stay in memory, those beyond go to a private file block by block; where there is none, or no room
// for it, they stay in memory too.
import { LongtabError } from '../api/errors.ts'
import type { Folder, OpenFile } from '../files/store/folder.ts'
import type { Passage } from './passages.ts'
import { blockWords, WordList } from './word_list.ts'

/** Where a passage stands in the document. */
export interface PassageRange {
  readonly firstToken: number
  readonly tokens: number
  /** UTF-16 offset in the document's text */
  readonly firstChar: number
  /** UTF-16 units */
  readonly length: number
}

/** Blocks of ids that stay in memory: 16 MB, the ids of four million tokens. */
const usualBlocks = 64

const blockBytes = blockWords * 4

interface PrivateFile {
  readonly folder: Folder
  readonly name: string
  readonly file: OpenFile
}

export class PassageStore {
  readonly #folder: Folder | undefined
  readonly #memoryBlocks: number
  readonly #ids = new WordList()
  readonly #firstChars: number[] = []
  readonly #firstTokens: number[] = []
  #chars = 0
  #filed: PrivateFile | undefined
  /** no room was left: blocks stay in memory from here on */
  #full = false

  /**
   * @param folder of its own, `privateFolder('passages')` in a worker: what other documents left there is removed
   * @param memoryBlocks blocks of 65,536 ids that stay in memory
   */
  constructor(folder: Folder | undefined, memoryBlocks = usualBlocks) {
    this.#folder = folder?.writable === true ? folder : undefined
    this.#memoryBlocks = memoryBlocks
  }

  /** passages */
  get count(): number {
    return this.#firstTokens.length
  }

  /** held in memory */
  get bytes(): number {
    return this.#ids.bytes + 16 * this.count
  }

  /** Takes the next passage. */
  async add({ ids, firstToken, firstChar, text }: Passage): Promise<void> {
    this.#firstTokens.push(firstToken)
    this.#firstChars.push(firstChar)
    this.#chars = firstChar + text.length
    for (const id of ids) {
      this.#ids.push(id)
      if (this.#ids.length % blockWords === 0) await this.#file(this.#ids.length / blockWords - 1)
    }
  }

  /** Throws RangeError for a passage that is not there. */
  range(passage: number): PassageRange {
    const firstToken = this.#firstTokens[passage]
    const firstChar = this.#firstChars[passage]
    if (firstToken === undefined || firstChar === undefined)
      throw new RangeError(`passage ${passage} of ${this.count}`)
    return {
      firstToken,
      tokens: (this.#firstTokens[passage + 1] ?? this.#ids.length) - firstToken,
      firstChar,
      length: (this.#firstChars[passage + 1] ?? this.#chars) - firstChar,
    }
  }

  /** The passage's ids, (tokens). */
  async ids(passage: number): Promise<Uint32Array<ArrayBuffer>> {
    const { firstToken, tokens } = this.range(passage)
    const ids = new Uint32Array(tokens)
    for (let done = 0; done < tokens;) {
      const at = firstToken + done
      const from = at % blockWords
      const count = Math.min(tokens - done, blockWords - from)
      ids.set(await this.#read(Math.floor(at / blockWords), from, count), done)
      done += count
    }
    return ids
  }

  /** Gives the private file back. */
  async close(): Promise<void> {
    const filed = this.#filed
    this.#filed = undefined
    filed?.file.close()
    await filed?.folder.remove(filed.name)
  }

  async #read(block: number, from: number, count: number): Promise<Uint32Array> {
    const held = this.#ids.block(block)
    if (held !== undefined) return held.subarray(from, from + count)
    const at = (block - this.#memoryBlocks) * blockBytes + from * 4
    const bytes = await this.#filed?.file.read(at, new Uint8Array(count * 4))
    if (bytes?.length !== count * 4)
      throw new LongtabError(
        'bad-file',
        `the private file of this document's tokens gave ${bytes?.length ?? 0} bytes where ${count * 4} were written; read the document again`,
      )
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count)
  }

  async #file(block: number): Promise<void> {
    const held = this.#ids.block(block)
    if (block < this.#memoryBlocks || this.#folder === undefined || this.#full || !held) return
    try {
      this.#filed ??= await openFile(this.#folder)
      const at = (block - this.#memoryBlocks) * blockBytes
      this.#filed.file.write(at, new Uint8Array(held.buffer))
      this.#ids.release(block)
    } catch (error) {
      if (!(error instanceof LongtabError && error.code === 'storage-full')) throw error
      this.#full = true
    }
  }
}

/** A file of its own for every document, so that several tabs may read. */
async function openFile(folder: Folder): Promise<PrivateFile> {
  await removeLeft(folder)
  const name = crypto.randomUUID()
  return { folder, name, file: await folder.openToWrite(name) }
}

/** What tabs left behind that were closed while they read; the browser refuses those that are in use. */
async function removeLeft(folder: Folder): Promise<void> {
  for (const { name } of await folder.files()) await folder.remove(name).catch(() => undefined)
}
