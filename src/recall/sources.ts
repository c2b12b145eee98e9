// Where the document says what an answer says: the passages that hold the answer's own words beside the question's. Words that
// the document has nowhere count against every passage. An answer made up of the document's words may still find one.
import type { WordIndex } from './word_index.ts'

const mostSources = 3

/** Of the answer's own words, rare ones counting more, what a passage must hold. */
const leastShare = 0.5

/** Of the first source's score, what another must have to be shown beside it. */
const nearlyAsGood = 0.7

/**
 * Passages, the best first; none where nothing stands out.
 * @param among the passages that were read again for the answer; none where it was given from something else
 */
export function findSources(
  words: WordIndex,
  question: string,
  answer: string,
  among: readonly number[],
): number[] {
  const found = words
    .support(question, answer)
    .filter(
      ({ passage, share }) =>
        share >= leastShare && (among.length === 0 || among.includes(passage)),
    )
  const least = nearlyAsGood * (found[0]?.score ?? 0)
  return found
    .filter(({ score }) => score >= least)
    .slice(0, mostSources)
    .map(({ passage }) => passage)
}
