// Separates thought and answer in the text of a model that thinks first. Text between <think> and </think> at the very
// beginning is thought; the rest is the answer. It works on a stream: text that may be the beginning of a mark is
// buffered until that is decided.
import { overlap } from './overlap.ts'

export type Kind = 'answer' | 'thinking'

export interface Part {
  readonly kind: Kind
  readonly text: string
}

const opening = '<think>'
const closing = '</think>'

export class ThinkingParts {
  #state: 'before' | 'thinking' | 'after' | 'answer'
  #held = ''

  /** @param begun whether the prompt ends inside a thought */
  constructor(begun: boolean) {
    this.#state = begun ? 'thinking' : 'before'
  }

  /** Takes more text; returns the parts that are final. */
  push(text: string): Part[] {
    this.#held += text
    const parts: Part[] = []
    for (let part = this.#next(); part !== undefined; part = this.#next()) {
      if (part.text !== '') parts.push(part)
    }
    return parts
  }

  /** Ends the text; returns the buffered part. */
  flush(): Part[] {
    const text = this.#held
    this.#held = ''
    return text === '' ? [] : [{ kind: this.#state === 'thinking' ? 'thinking' : 'answer', text }]
  }

  /** The next part of the buffered text; undefined until more text decides. */
  #next(): Part | undefined {
    if (this.#held === '') return undefined
    switch (this.#state) {
      case 'before': {
        const start = this.#held.trimStart()
        if (start.startsWith(opening)) return this.#move('thinking', start.slice(opening.length))
        return opening.startsWith(start) ? undefined : this.#move('answer', this.#held)
      }
      case 'thinking': {
        const end = this.#held.indexOf(closing)
        if (end >= 0) {
          const text = this.#held.slice(0, end)
          this.#move('after', this.#held.slice(end + closing.length))
          return { kind: 'thinking', text }
        }
        return this.#give('thinking', this.#held.length - overlap(this.#held, closing))
      }
      case 'after': {
        // drops the empty lines between thought and answer
        const start = this.#held.trimStart()
        this.#held = start
        return start === '' ? undefined : this.#move('answer', start)
      }
      case 'answer':
        return this.#give('answer', this.#held.length)
    }
  }

  #move(state: 'thinking' | 'after' | 'answer', rest: string): Part {
    this.#state = state
    this.#held = rest
    return { kind: 'answer', text: '' }
  }

  #give(kind: Kind, length: number): Part | undefined {
    if (length === 0) return undefined
    const text = this.#held.slice(0, length)
    this.#held = this.#held.slice(length)
    return { kind, text }
  }
}
