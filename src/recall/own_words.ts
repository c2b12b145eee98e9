// Whether an answer about a piece is in the piece's words. A model that finds nothing may answer all the same, and then in words
// of its own. So does one that answers in another language, which is why such an answer is doubted and not dropped.
import { wordsAnswered, wordsAsked, wordsOf } from './words.ts'

/** Of the answer's own words, what the piece must hold. */
const leastShare = 0.5

/** A short number may be counted from the piece instead of read in it. */
const counted = /^\d{1,2}$/

/** Whether fewer than half of the answer's words, those of the question left out, stand in the piece. */
export function isInOtherWords(answer: string, piece: string, question: string): boolean {
  const asked = new Set(wordsAsked(question))
  const own = wordsAnswered(answer).filter((word) => !asked.has(word) && !counted.test(word))
  const held = new Set(wordsOf(piece))
  return own.filter((word) => held.has(word)).length < leastShare * own.length
}
