// Decodes an answer token by token. Some tokens end in the middle of a character, and some decoders drop the first space,
// so a token's text depends on its neighbours. Each step decodes only a few recent tokens, and returns the text that
// later tokens cannot change.
import type { Tokenizer } from './tokenizer.ts'

const replacement = '\ufffd'

/** A character has at most this many bytes, and a token at least one. */
const longestCharacter = 4

/** Most undecided tokens; only bytes that are not UTF-8 reach it. */
const mostPending = 16

/** The concatenated results of `push` and `flush` equal `decode` of all ids. */
export class Detokenizer {
  readonly #tokenizer: Tokenizer
  readonly #special: 'hidden' | 'shown'
  /** recent tokens whose text was returned, for context */
  #past: readonly number[] = []
  /** tokens after them, whose text was returned up to `#given` */
  #pending: readonly number[] = []
  /** UTF-16 units of the pending tokens' text that were returned */
  #given = 0

  /** @param special whether special tokens appear in the text */
  constructor(tokenizer: Tokenizer, special: 'hidden' | 'shown' = 'hidden') {
    this.#tokenizer = tokenizer
    this.#special = special
  }

  /** Takes the next token; returns the text that is now final, often empty. */
  push(id: number): string {
    if (this.#tokenizer.specialIds.has(id))
      return this.#special === 'hidden' ? '' : this.flush() + this.#tokenizer.special(id)
    this.#pending = [...this.#pending, id]
    const text = this.#pendingText()
    // Incomplete bytes show as one replacement character, which the next token may complete.
    const complete = !text.endsWith(replacement)
    const fresh = text.slice(this.#given, complete ? undefined : -1)
    this.#given += fresh.length
    if (complete) {
      // A first space that the decoder drops leaves no text yet. The next token decides whether it is a space in between.
      if (text !== '' || this.#pending.length > mostPending) this.#settle(this.#pending.length, 0)
    } else if (this.#pending.length > mostPending) {
      this.#settleGarbage(text)
    }
    return fresh
  }

  /** Ends the answer; returns the text that was not final. */
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

  /** Moves the first pending tokens into the past. `given` units of the other tokens' text were returned. */
  #settle(count: number, given: number): void {
    this.#past = this.#pending.slice(0, count)
    this.#pending = this.#pending.slice(count)
    this.#given = given
  }

  /** Among any four boundaries between byte tokens, one lies between two characters; the text is cut there. */
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
