// Cuts a document into passages while it is read: what is found, read again and shown as a source. A passage ends where the
// text itself pauses, best at the end of a paragraph or a sentence. It ends between two tokens, so that its ids are a stretch
// of the document's ids. Passages follow one another without gaps.
import { usualLength, type PassageLength } from '../plan/passage_room.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type { Boundary } from '../text/tokenizer_file.ts'
import type { SpecialTokens } from '../text/variants.ts'

/** A stretch of the document. */
export interface Passage {
  /** counted from the document's first token */
  readonly firstToken: number
  readonly ids: readonly number[]
  /** UTF-16 offset in the document's text */
  readonly firstChar: number
  readonly text: string
}

/** How the document is encoded, as its pieces are. */
export interface Encoding {
  readonly tokenizer: Tokenizer
  readonly specials: SpecialTokens
  /** where the document's first character stands */
  readonly boundary: Boundary
  /** UTF-16 units that lead the text fed without being the document's, as a chat template's may */
  readonly lead?: number
}

/** Places tried before a passage is cut between any two tokens. */
const mostTries = 12

/** How many target lengths a cut may lie off the target before a cut of the better kind is not worth it. */
const pauses = { paragraph: 0, sentence: 0.1, line: 0.25, clause: 0.4, word: 0.6 }

export class PassageCutter {
  readonly #encoding: Encoding
  readonly #length: PassageLength
  #boundary: Boundary
  #firstToken = 0
  #firstChar: number
  /** not yet in a passage: ids and their text */
  #ids: readonly number[] = []
  #text = ''

  constructor(encoding: Encoding, length = usualLength) {
    this.#encoding = encoding
    this.#length = length
    this.#boundary = encoding.boundary
    this.#firstChar = -(encoding.lead ?? 0)
  }

  /** Takes a piece; gives the passages that are certain now. */
  push(ids: readonly number[], text: string): Passage[] {
    this.#ids = [...this.#ids, ...ids]
    this.#text += text
    const passages: Passage[] = []
    while (this.#ids.length > this.#length.most) passages.push(this.#cut())
    return passages
  }

  /** Ends the document; gives what is left of it. */
  end(): Passage[] {
    return this.#ids.length === 0 ? [] : [this.#take(this.#ids.length, this.#text.length)]
  }

  #cut(): Passage {
    const { target, most } = this.#length
    const longest = this.#charsOf(most)
    const places = pausesIn(this.#text, (longest * target) / most, longest)
    for (const end of places.slice(0, mostTries)) {
      const tokens = this.#tokensOf(end)
      if (tokens !== undefined && tokens <= most) return this.#take(tokens, end)
    }
    return this.#cutAnyway()
  }

  /** UTF-16 units of the first tokens; about, where tokens end inside a character or do not give back the text. */
  #charsOf(tokens: number): number {
    return this.#encoding.tokenizer.decode(this.#ids.slice(0, tokens)).length
  }

  /** Tokens of the first UTF-16 units; undefined where no token ends there. */
  #tokensOf(length: number): number | undefined {
    const { tokenizer, specials } = this.#encoding
    const ids = tokenizer.encode(this.#text.slice(0, length), specials, this.#boundary)
    return ids.every((id, i) => id === this.#ids[i]) ? ids.length : undefined
  }

  /** Between the last two tokens that the longest passage may have and that have whole characters on either side. */
  #cutAnyway(): Passage {
    const { most } = this.#length
    for (let tokens = most; tokens > most / 2; tokens--) {
      const length = this.#charsOf(tokens)
      const text = this.#encoding.tokenizer.decode(this.#ids.slice(0, tokens))
      if (this.#text.startsWith(text) && isBetweenCharacters(this.#text, length))
        return this.#take(tokens, length)
    }
    // a tokenizer that does not give back its text: the cut is a guess
    let length = Math.floor((this.#text.length * most) / this.#ids.length)
    while (length > 0 && !isBetweenCharacters(this.#text, length)) length--
    return this.#take(most, length)
  }

  #take(tokens: number, length: number): Passage {
    const start = Math.max(0, this.#firstChar)
    const passage = {
      firstToken: this.#firstToken,
      ids: this.#ids.slice(0, tokens),
      firstChar: start,
      text: this.#text.slice(start - this.#firstChar, length),
    }
    this.#ids = this.#ids.slice(tokens)
    this.#text = this.#text.slice(length)
    this.#firstToken += tokens
    this.#firstChar += length
    this.#boundary = 'inside'
    return passage
  }
}

/**
 * Where the text pauses, from half the target length to the longest, the best first: UTF-16 offsets. Space goes to the word
 * after it, as in most tokenizers, and line breaks to the line that they end.
 */
function pausesIn(text: string, target: number, longest: number): number[] {
  const found: { readonly end: number; readonly cost: number }[] = []
  const window = text.slice(0, longest + 1)
  for (const { 0: pause, index } of window.matchAll(/\s+|[。！？，、；][」』”’）》]*/g)) {
    const end = index + pause.length
    const cost = pauses[kindOf(window.slice(Math.max(0, index - 4), index), pause)]
    const ends = /\S/.test(pause) ? [end] : [index + pause.lastIndexOf('\n') + 1, end - 1]
    for (const end of new Set(ends))
      if (end > target / 2 && end <= longest)
        found.push({ end, cost: cost + Math.abs(end - target) / target })
  }
  return found.sort((a, b) => a.cost - b.cost).map(({ end }) => end)
}

function kindOf(before: string, pause: string): keyof typeof pauses {
  if (/\n\s*\n/.test(pause)) return 'paragraph'
  if (/^[。！？]/.test(pause) || /[.!?…]["'”’»)\]]*$/.test(before)) return 'sentence'
  if (pause.includes('\n')) return 'line'
  return /^\S/.test(pause) || /[,;]["'”’»)\]}]*$/.test(before) ? 'clause' : 'word'
}

/** Not inside a surrogate pair. */
function isBetweenCharacters(text: string, at: number): boolean {
  return !/^[\udc00-\udfff]/.test(text.charAt(at))
}
