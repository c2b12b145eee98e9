// What of an answer about a piece is kept. Small models go on with a list when its things have run out: they count on, or repeat
// themselves. A line with a number that stands neither in the piece nor in the question is made up, and is left out.
import { wordsOf } from './words.ts'

/** Shorter numbers may be counted from the piece instead of read in it. */
const quoted = /^\d{3,}$/

export interface Founded {
  readonly text: string
  /** lines left out because of their numbers */
  readonly unfounded: number
}

/**
 * Also drops lines that stand there twice, and begins all lines of a list alike.
 * @param read the texts whose numbers may be said: the piece and the question
 */
export function foundedLines(answer: string, read: readonly string[]): Founded {
  const known = new Set(read.flatMap(wordsOf))
  const isFounded = (line: string) =>
    wordsOf(line).every((word) => !quoted.test(word) || known.has(word))
  const lines = answer
    .split('\n')
    .map((line) => once(line.replace(listMark, '- ').trimEnd()))
    .filter((line) => line !== '' && line !== '-')
  const founded = lines.filter(isFounded)
  return { text: [...new Set(founded)].join('\n'), unfounded: lines.length - founded.length }
}

const listMark = /^\s*(?:[-*•]|\d+[.)])\s*/

/** The end of a line that says the same word over and over. */
const stuck = /(\s\S+)\1{3,}$/u

/** A line that goes round in circles, without its rounds. */
function once(line: string): string {
  const items = line.replace(stuck, '$1').split(', ')
  const different = new Set(items)
  return (items.length >= 2 * different.size ? [...different] : items).join(', ')
}
