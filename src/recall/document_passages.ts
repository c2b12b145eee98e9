// The passages of one document: cut while it is read, found by the words of a question, read again by their ids. Nothing here
// is on the GPU: 4 bytes a token for the ids and 4 for the words.
import type { Passage as Stretch } from '../api/answer.ts'
import type { Folder } from '../files/store/folder.ts'
import type { AboutPassages } from '../saved/about.ts'
import type { Part } from '../saved/part.ts'
import type { SavedFile } from '../saved/read.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { PassageStore } from './passage_store.ts'
import { PassageCutter, type Encoding, type Passage } from './passages.ts'
import { WordIndex } from './word_index.ts'

/** Between two passages that do not follow each other in the document. */
const gap = '\n\n'

export class DocumentPassages {
  readonly words = new WordIndex()
  readonly #tokenizer: Tokenizer
  readonly #cutter: PassageCutter
  readonly #store: PassageStore

  /** @param folder for ids beyond what stays in memory; none where the browser has no private files */
  constructor(encoding: Encoding, folder: Folder | undefined) {
    this.#tokenizer = encoding.tokenizer
    this.#cutter = new PassageCutter(encoding)
    this.#store = new PassageStore(folder)
  }

  get count(): number {
    return this.#store.count
  }

  /** held in memory */
  get bytes(): number {
    return this.#store.bytes + this.words.bytes
  }

  /** Takes the document's next piece. */
  async push(ids: readonly number[], text: string): Promise<void> {
    await this.#take(this.#cutter.push(ids, text))
  }

  /** Ends the document. */
  async end(): Promise<void> {
    await this.#take(this.#cutter.end())
  }

  /** To be saved. */
  parts(): Part[] {
    return [...this.#store.parts(), ...this.words.parts()]
  }

  about(): AboutPassages {
    return { chars: this.#store.chars }
  }

  /** Takes a document that was saved; none was begun. Throws LongtabError `bad-file`. */
  async open(file: SavedFile, { chars }: AboutPassages): Promise<void> {
    await this.#store.open(file, chars)
    await this.words.open(file)
  }

  /** Ids of passages one after the other, with a gap where the document has others between. @param chosen ascending */
  async ids(chosen: readonly number[]): Promise<number[]> {
    const between = this.#tokenizer.encode(gap, 'data', 'inside')
    const ids: number[] = []
    for (const [i, passage] of chosen.entries()) {
      if (i > 0 && chosen[i - 1] !== passage - 1) ids.push(...between)
      ids.push(...(await this.#store.ids(passage)))
    }
    return ids
  }

  /** Passages that follow one another, as one stretch. */
  async describe(first: number, count = 1): Promise<Stretch> {
    const begin = this.#store.range(first)
    const end = this.#store.range(first + count - 1)
    const ids = await this.ids(following(first, count))
    return {
      firstChar: begin.firstChar,
      length: end.firstChar + end.length - begin.firstChar,
      firstToken: begin.firstToken,
      tokens: end.firstToken + end.tokens - begin.firstToken,
      text: this.#tokenizer.decode(ids),
    }
  }

  /** Tokens of each passage. */
  tokens(): number[] {
    return following(0, this.count).map((passage) => this.#store.range(passage).tokens)
  }

  /** Gives private files back. */
  close(): Promise<void> {
    return this.#store.close()
  }

  async #take(passages: readonly Passage[]): Promise<void> {
    for (const passage of passages) {
      await this.#store.add(passage)
      this.words.add(passage.text)
    }
  }
}

export function following(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}
