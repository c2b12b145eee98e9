// Reads documents as the engine does, but for the model: pieces, passages, the index of their words; and finds.
import type { PassageLength } from '../../src/plan/passage_room.ts'
import { PassageCutter, type Passage } from '../../src/recall/passages.ts'
import { WordIndex } from '../../src/recall/word_index.ts'
import { pieces } from '../../src/text/pieces.ts'
import { openText } from '../../src/text/source.ts'
import type { Tokenizer } from '../../src/text/tokenizer.ts'
import type { Searched } from './documents.ts'

export interface Indexed {
  readonly passages: readonly Passage[]
  readonly index: WordIndex
  readonly tokens: number
  /** what each part of reading took */
  readonly ms: { readonly tokenize: number; readonly cut: number; readonly index: number }
}

export async function indexed(
  text: string,
  tokenizer: Tokenizer,
  length: PassageLength,
): Promise<Indexed> {
  const encoding = { tokenizer, specials: 'data', boundary: 'start' } as const
  const cutter = new PassageCutter(encoding, length)
  const index = new WordIndex()
  const passages: Passage[] = []
  const ms = { tokenize: 0, cut: 0, index: 0 }
  let last = performance.now()
  const lap = (part: keyof typeof ms) => {
    const now = performance.now()
    ms[part] += now - last
    last = now
  }
  const take = (cut: readonly Passage[]) => {
    lap('cut')
    for (const passage of cut) index.add(passage.text)
    passages.push(...cut)
    lap('index')
  }
  for await (const piece of pieces(openText(text).chunks, tokenizer, encoding)) {
    lap('tokenize')
    take(cutter.push(piece.ids, piece.text))
  }
  take(cutter.end())
  return { passages, index, tokens: passages.reduce((sum, { ids }) => sum + ids.length, 0), ms }
}

/** For every place sought, its rank from 0; Infinity where it was not found. */
export function ranksOf({ sought }: Searched, { passages, index }: Indexed): number[] {
  return sought.flatMap(({ question, places }) => {
    const found = index.find(question, Infinity)
    return places.map(([start, end]) => {
      const rank = found.findIndex(({ passage }) => holds(passages[passage], start, end))
      return rank < 0 ? Infinity : rank
    })
  })
}

/** Milliseconds of finding, the median of several questions. */
export function findingMs(index: WordIndex, questions: readonly string[]): number {
  const times = questions.map((question) => {
    const start = performance.now()
    index.find(question, 8)
    return performance.now() - start
  })
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

/** The passage in which the stretch ends; a stretch that is cut in two counts by its end, where the answer stands. */
function holds(passage: Passage | undefined, start: number, end: number): boolean {
  if (passage === undefined) return false
  const { firstChar, text } = passage
  return start < firstChar + text.length && end > firstChar && end <= firstChar + text.length
}
