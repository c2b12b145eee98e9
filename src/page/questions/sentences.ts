// An answer that comes token by token, given out by whole sentences: nobody wants to hear it read aloud any other way.

/** The end of a sentence with what closes it, and the space that shows that it is one. */
const ending = /[.!?…]["'”’»)\]]*\s+|[。！？]["'”’»)\]]*|\n\s*/gu

export class Sentences {
  #held = ''

  /** Takes more text; gives the sentences that are whole now, '' where none is. */
  push(text: string): string {
    this.#held += text
    const last = [...this.#held.matchAll(ending)].at(-1)
    if (last === undefined) return ''
    return this.#take(last.index + last[0].length)
  }

  /** Ends the text; gives what was held back. */
  flush(): string {
    return this.#take(this.#held.length)
  }

  #take(length: number): string {
    const whole = this.#held.slice(0, length).trim()
    this.#held = this.#held.slice(length)
    return whole
  }
}
