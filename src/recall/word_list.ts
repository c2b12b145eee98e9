// A list of 32-bit words that grows block by block: what is in it is never copied, and at most one block is reserved for
// what may come.

const blockBits = 16

/** Words of a block: 256 KB. */
export const blockWords = 1 << blockBits

export class WordList {
  readonly #blocks: (Uint32Array<ArrayBuffer> | undefined)[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  /** held in memory */
  get bytes(): number {
    return this.#blocks.filter((block) => block !== undefined).length * blockWords * 4
  }

  push(word: number): void {
    const at = this.#length++ % blockWords
    if (at === 0) this.#blocks.push(new Uint32Array(blockWords))
    const last = this.#blocks.at(-1)
    if (last !== undefined) last[at] = word
  }

  /** 0 in a block that was released */
  at(index: number): number {
    return this.#blocks[index >>> blockBits]?.[index & (blockWords - 1)] ?? 0
  }

  /** The words of a block, fewer than `blockWords` in the last; none in one that was released. */
  words(index: number): Uint32Array<ArrayBuffer> | undefined {
    return this.#blocks[index]?.subarray(0, this.#length - index * blockWords)
  }

  /** (blockWords) */
  block(index: number): Uint32Array<ArrayBuffer> | undefined {
    return this.#blocks[index]
  }

  /** Lets go of a block that is kept elsewhere. */
  release(index: number): void {
    this.#blocks[index] = undefined
  }
}
