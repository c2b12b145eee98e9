// Keeps what reading a passage again needs, outside the GPU: the document's ids, 4 bytes a token, and where each passage
// begins. The first ids stay in memory, those beyond go to a private file block by block; where there is none, or no room
// for it, they stay in memory too.
import type { Folder } from '../files/store/folder.ts'
import { LongtabError } from '../api/errors.ts'
import { listPart, type Part } from '../saved/part.ts'
import type { SavedFile } from '../saved/read.ts'
import type { Passage } from './passages.ts'
import { PrivateBlocks } from './private_blocks.ts'
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

const partNames = {
  ids: 'passages.ids',
  firstTokens: 'passages.first_tokens',
  firstChars: 'passages.first_chars',
}

export class PassageStore {
  readonly #filed: PrivateBlocks
  readonly #memoryBlocks: number
  readonly #ids = new WordList()
  readonly #firstChars: number[] = []
  readonly #firstTokens: number[] = []
  #chars = 0

  /**
   * @param folder of its own, `privateFolder('passages')` in a worker: what other documents left there is removed
   * @param memoryBlocks blocks of 65,536 ids that stay in memory
   */
  constructor(folder: Folder | undefined, memoryBlocks = usualBlocks) {
    this.#filed = new PrivateBlocks(folder, blockBytes)
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

  /** UTF-16 units of all passages */
  get chars(): number {
    return this.#chars
  }

  /** Takes the next passage. */
  async add({ ids, firstToken, firstChar, text }: Passage): Promise<void> {
    this.#firstTokens.push(firstToken)
    this.#firstChars.push(firstChar)
    this.#chars = firstChar + text.length
    await this.#push(ids)
  }

  /** To be saved, beside `chars`. */
  parts(): Part[] {
    const bytes = async function* (this: PassageStore) {
      for (let at = 0; at < this.#ids.length; at += blockWords) {
        const count = Math.min(blockWords, this.#ids.length - at)
        const words = await this.#read(at / blockWords, 0, count)
        yield new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
      }
    }
    return [
      {
        name: partNames.ids,
        dtype: 'U32',
        shape: [this.#ids.length],
        bytes: bytes.bind(this),
      },
      listPart(partNames.firstTokens, Uint32Array.from(this.#firstTokens)),
      listPart(partNames.firstChars, Float64Array.from(this.#firstChars)),
    ]
  }

  /** Takes what was saved; nothing was added yet. Throws LongtabError `bad-file`. */
  async open(file: SavedFile, chars: number): Promise<void> {
    const firstTokens = new Uint32Array(await file.all(partNames.firstTokens))
    file.requireBytes(partNames.firstChars, 8 * firstTokens.length)
    const firstChars = new Float64Array(await file.all(partNames.firstChars))
    requireAscending(file, [...firstTokens, file.bytesOf(partNames.ids) / 4])
    requireAscending(file, [...firstChars, chars])
    for (const first of firstTokens) this.#firstTokens.push(first)
    for (const first of firstChars) this.#firstChars.push(first)
    this.#chars = chars
    for await (const ids of file.words(partNames.ids)) await this.#push(ids)
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
  close(): Promise<void> {
    return this.#filed.close()
  }

  async #push(ids: Iterable<number>): Promise<void> {
    for (const id of ids) {
      this.#ids.push(id)
      if (this.#ids.length % blockWords === 0) await this.#file(this.#ids.length / blockWords - 1)
    }
  }

  async #read(block: number, from: number, count: number): Promise<Uint32Array<ArrayBuffer>> {
    const held = this.#ids.block(block)
    if (held !== undefined) return held.subarray(from, from + count)
    const ids = new Uint32Array(count)
    await this.#filed.read(block - this.#memoryBlocks, from * 4, new Uint8Array(ids.buffer))
    return ids
  }

  async #file(block: number): Promise<void> {
    const held = this.#ids.block(block)
    if (block < this.#memoryBlocks || !held) return
    await this.#filed.open()
    if (this.#filed.write(block - this.#memoryBlocks, new Uint8Array(held.buffer)))
      this.#ids.release(block)
  }
}

function requireAscending({ name }: SavedFile, places: readonly number[]): void {
  if (places.every((place, i) => Number.isSafeInteger(place) && place >= (places[i - 1] ?? 0)))
    return
  throw new LongtabError(
    'bad-file',
    `${name} holds passages that do not follow one another; save the document again`,
  )
}
