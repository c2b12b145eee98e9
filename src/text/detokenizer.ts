// Decodes an answer token by token. Some tokens end in the middle of a character, and some decoders drop the very first
// space, so that a token's text depends on its neighbours: each step decodes only a few recent tokens, and gives out
// what later tokens can no longer change.
import type { Tokenizer } from './tokenizer.ts'

const replacement = '\ufffd'

/** A character has at most this many bytes, and a token at least one. */
const longestCharacter = 4

/** Unfinished tokens kept at most; only bytes that are not UTF-8 make more. */
const mostPending = 16

/** The texts given by `push` and `flush`, one after the other, are what `decode` makes of all ids at once. */
export class Detokenizer {
  readonly #tokenizer: Tokenizer
  readonly #special: 'hidden' | 'shown'
  /** recent tokens whose text is out, for context */
  #past: readonly number[] = []
  /** tokens after them, whose text is out up to `#given` */
  #pending: readonly number[] = []
  /** UTF-16 units of the pending tokens' text that are out */
  #given = 0

  /** @param special what becomes of special tokens */
  constructor(tokenizer: Tokenizer, special: 'hidden' | 'shown' = 'hidden') {
    this.#tokenizer = tokenizer
    this.#special = special
  }

  /** Takes the next token; gives the text that is now certain, often empty. */
  push(id: number): string {
    if (this.#tokenizer.specialIds.has(id))
      return this.#special === 'hidden' ? '' : this.flush() + this.#tokenizer.special(id)
    this.#pending = [...this.#pending, id]
    const text = this.#pendingText()
    // Bytes without an end show as one replacement character, which the next token may turn into a real one.
    const complete = !text.endsWith(replacement)
    const fresh = text.slice(this.#given, complete ? undefined : -1)
    this.#given += fresh.length
    if (complete) {
      // A first space that the decoder drops leaves no text yet; what follows tells it from a space in between.
      if (text !== '' || this.#pending.length > mostPending) this.#settle(this.#pending.length, 0)
    } else if (this.#pending.length > mostPending) {
      this.#settleGarbage(text)
    }
    return fresh
  }

  /** Ends the answer; gives the text that was held back. */
  flush(): string {
    const rest = this.#pendingText().slice(this.#given)
    this.#past = []
    this.#pending = []
    this.#given = 0
    return rest
  }

  #pendingText(): string {
    const before = this.#tokenizer.decode(this.#past)
    return this.#tokenizer.decode([...this.#past, ...this.#pending]).slice(before.length)
  }

  /** Moves the first pending tokens into the past; of the other tokens' text `given` units are out. */
  #settle(count: number, given: number): void {
    this.#past = this.#pending.slice(0, count)
    this.#pending = this.#pending.slice(count)
    this.#given = given
  }

  /** Among any four boundaries between byte tokens one lies between two characters: there the text falls apart. */
  #settleGarbage(text: string): void {
    for (let left = longestCharacter; left < 2 * longestCharacter; left++) {
      const count = this.#pending.length - left
      const [head, tail] = [this.#pending.slice(0, count), this.#pending.slice(count)]
      const start = this.#tokenizer.decode(head)
      if (start + this.#tokenizer.decode(tail) !== this.#tokenizer.decode(this.#pending)) continue
      const length = text.length - this.#tokenizer.decode(tail).length
      this.#settle(count, this.#given - length)
      return
    }
  }
}
