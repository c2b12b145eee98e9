// What a question's words find: passages to read again, nothing, or that it asks about the whole.
import { fuseRanks } from './rank_fusion.ts'
import { isBroad, wordsAsked } from './words.ts'
import type { WordIndex } from './word_index.ts'

export type LookedUp =
  /** the question is about no passage in particular */
  | { readonly kind: 'whole' }
  /** the document does not speak of it: words that it has nowhere, and no passage with enough of the others */
  | { readonly kind: 'absent' }
  /** the best first */
  | { readonly kind: 'passages'; readonly passages: readonly number[] }

/**
 * Of the question's words, rare ones counting more, what one passage must hold where some stand nowhere. Chosen on two books,
 * each asked its own questions and those about two others: docs/research/finding.md.
 */
const leastShare = 0.33

/**
 * @param before the question before, which one like "And who was he?" goes on from
 * @param most passages
 */
export function lookUp(
  words: WordIndex,
  question: string,
  before: string | undefined,
  most: number,
): LookedUp {
  const alone = lookUpAlone(words, question, most)
  if (before === undefined) return alone
  const goesOn = wordsAsked(question).length < 2
  if (alone.kind !== 'passages' && !goesOn) return alone
  const together = lookUpAlone(words, `${before} ${question}`, most)
  if (together.kind !== 'passages') return alone
  if (alone.kind !== 'passages') return together
  const passages = fuseRanks([alone.passages, together.passages]).map(({ passage }) => passage)
  return { kind: 'passages', passages: passages.slice(0, most) }
}

function lookUpAlone(words: WordIndex, question: string, most: number): LookedUp {
  if (isBroad(question)) return { kind: 'whole' }
  const found = words.find(question, most)
  const share = Math.max(0, ...found.map((one) => one.share))
  if (share < leastShare && words.lacks(question)) return { kind: 'absent' }
  if (found.length === 0) return { kind: 'whole' }
  return { kind: 'passages', passages: found.map(({ passage }) => passage) }
}
