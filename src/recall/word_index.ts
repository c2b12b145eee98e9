// Finds passages by the words of a question: BM25 (Robertson and Zaragoza 2009). The index is the document itself with a hash
// for every word, in order, and finding goes over all of it: milliseconds for 128,000 tokens. So there are no lists for every
// word, memory is 4 bytes a word whatever the text, and adding a passage is all that reading has to do. Libraries keep a map
// of the vocabulary and a record for every word and passage, ten to twenty times that in minisearch (measured:
// docs/research/finding.md). They know neither pairs of characters nor wholes beside their parts.
import { fnv1a } from '../text/fnv1a.ts'
import type { SavedFile } from '../saved/read.ts'
import { listPart, type Part } from '../saved/part.ts'
import { WordList } from './word_list.ts'
import { formsOf, isGeneral, isJoined, wordsAnswered, wordsAsked, wordsOf } from './words.ts'

export interface Found {
  /** its number in the document */
  readonly passage: number
  /** BM25 */
  readonly score: number
  /** 0…1: of the words looked for but the general ones, rare ones counting more, the share that it holds */
  readonly share: number
}

/** BM25's usual values: how soon repetition stops to count, and how much a passage's length does. */
const saturation = 1.2
const lengthShare = 0.75

/** A whole of several parts tells more than its rarity does: `silent-harbour` where many lines are silent. */
const joinedWeight = 1.5

/** Of a passage's score for its neighbours: what is asked about often stands a sentence before the answer. */
const neighbourShare = 0.2

/**
 * Of the score of one word that stands in one passage only, which is what it takes to single a passage out of all of them.
 * Where the best passage has less, the question is about none of them in particular.
 */
const singledOut = 0.5

const partNames = { hashes: 'passages.words', ends: 'passages.word_ends' }

export class WordIndex {
  /** of every word, in order */
  readonly #hashes = new WordList()
  /** (passages): the hashes before its end */
  readonly #ends: number[] = []

  get bytes(): number {
    return this.#hashes.bytes + 8 * this.#ends.length
  }

  /** Takes the text of the next passage. */
  add(text: string): void {
    for (const word of wordsOf(text)) this.#hashes.push(fnv1a(word))
    this.#ends.push(this.#hashes.length)
  }

  /** To be saved. */
  parts(): Part[] {
    const hashes = this.#hashes
    async function* bytes() {
      for (let block = 0, words = hashes.words(0); words; words = hashes.words(++block))
        yield new Uint8Array(words.buffer, 0, words.byteLength)
    }
    return [
      { name: partNames.hashes, dtype: 'U32', shape: [hashes.length], bytes },
      listPart(partNames.ends, Uint32Array.from(this.#ends)),
    ]
  }

  /** Takes what was saved; nothing was added yet. Throws LongtabError `bad-file`. */
  async open(file: SavedFile): Promise<void> {
    for await (const words of file.words(partNames.hashes))
      for (const word of words) this.#hashes.push(word)
    for await (const ends of file.words(partNames.ends))
      for (const end of ends) this.#ends.push(Math.min(end, this.#hashes.length))
  }

  /** The passages that hold the question's words, the best first; none where none stands out. */
  find(question: string, most: number): Found[] {
    const words = wordsAsked(question)
    const weights = this.#weights(words)
    const particular = weights.map((weight, i) => (isGeneral(words[i] ?? '') ? 0 : weight))
    const sum = sumOf(particular)
    const scores = new Float64Array(this.#ends.length)
    const shares = new Float64Array(this.#ends.length)
    this.#count(words, (passage, counts, length) => {
      scores[passage] = this.#score(counts, weights, length)
      shares[passage] = sumOf([...counts.keys()].map((word) => particular[word] ?? 0)) / sum
    })
    const found = Array.from(withNeighbours(scores), (score, passage) => ({
      passage,
      score,
      share: shares[passage] ?? 0,
    }))
      .filter(({ score }) => score > 0)
      .sort(byScore)
    const least = singledOut * rarity(1, scores.length)
    return (found[0]?.score ?? 0) < least ? [] : found.slice(0, most)
  }

  /**
   * Passages by the words of a question and its answer together, the best first. Shares are of the answer's own words: what
   * the question says already tells nothing about the answer. Passages with none of them are left out.
   */
  support(question: string, answer: string): Found[] {
    const asked = wordsAsked(question)
    const own = wordsAnswered(answer).filter((word) => !asked.includes(word))
    const words = [...asked, ...own]
    const weights = this.#weights(words)
    const sum = sumOf(weights.slice(asked.length))
    const found: Found[] = []
    this.#count(words, (passage, counts, length) => {
      const score = this.#score(counts, weights, length)
      const held = [...counts.keys()].filter((word) => word >= asked.length)
      const share = sumOf(held.map((word) => weights[word] ?? 0)) / sum
      if (held.length > 0) found.push({ passage, score, share })
    })
    return found.sort(byScore)
  }

  /** Whether a word of the question, but for general ones, stands nowhere, in no form. */
  lacks(question: string): boolean {
    const asked = wordsAsked(question).filter((word) => !isGeneral(word))
    const forms = asked.flatMap(formsOf)
    const known = new Set<string>()
    this.#count(forms, (_, counts) => {
      for (const form of counts.keys()) known.add(forms[form] ?? '')
    })
    return asked.some((word) => !formsOf(word).some((form) => known.has(form)))
  }

  /** (words) */
  #weights(words: readonly string[]): number[] {
    const holders = new Uint32Array(words.length) // passages that hold the word
    this.#count(words, (_, counts) => {
      for (const word of counts.keys()) holders[word] = (holders[word] ?? 0) + 1
    })
    const passages = this.#ends.length
    return words.map(
      (word, i) => rarity(holders[i] ?? 0, passages) * (isJoined(word) ? joinedWeight : 1),
    )
  }

  /**
   * BM25 of one passage.
   * @param counts by the index of the word
   * @param length words of the passage
   */
  #score(counts: ReadonlyMap<number, number>, weights: readonly number[], length: number): number {
    const mean = this.#hashes.length / this.#ends.length
    const damping = saturation * (1 - lengthShare + (lengthShare * length) / mean)
    let score = 0
    for (const [word, count] of counts)
      score += ((weights[word] ?? 0) * count * (saturation + 1)) / (count + damping)
    return score
  }

  /** Counts the words (by their index) in each passage that holds one. */
  #count(
    words: readonly string[],
    take: (passage: number, counts: ReadonlyMap<number, number>, length: number) => void,
  ): void {
    const wanted = new Map(words.map((word, i) => [fnv1a(word), i]))
    const maybe = new Uint8Array(1 << 16) // by a hash's low bits: nearly every word of the text ends here
    for (const hash of wanted.keys()) maybe[hash & 0xffff] = 1
    let start = 0
    for (const [passage, end] of this.#ends.entries()) {
      const counts = new Map<number, number>()
      for (let at = start; at < end; at++) {
        const hash = this.#hashes.at(at)
        if (maybe[hash & 0xffff] === 0) continue
        const word = wanted.get(hash)
        if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1)
      }
      if (counts.size > 0) take(passage, counts, end - start)
      start = end
    }
  }
}

/** BM25's weight of a word: 0 for one that all passages hold. */
function rarity(holders: number, passages: number): number {
  return Math.log(1 + (passages - holders + 0.5) / (holders + 0.5))
}

function sumOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0)
}

function byScore(a: Found, b: Found): number {
  return b.score - a.score || a.passage - b.passage
}

function withNeighbours(scores: Float64Array): Float64Array {
  return scores.map(
    (score, i) => score + neighbourShare * Math.max(scores[i - 1] ?? 0, scores[i + 1] ?? 0),
  )
}
