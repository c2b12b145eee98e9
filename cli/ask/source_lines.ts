// Where the document states an answer, in lines for a terminal.
import type { AnswerSummary, Passage } from '../../src/api/answer.ts'
import { rangeWords } from '../../src/documents/place_words.ts'

/** What an answer stands on. */
export type Grounded = Pick<AnswerSummary, 'finish' | 'sources' | 'doubtful'>

const mostCharacters = 160

export function sourceLines({ finish, sources, doubtful }: Grounded): string[] {
  if (finish === 'absent')
    return [
      'the document does not speak of this, as far as its words tell; ask in its own words, or with --even-if-absent',
    ]
  if (doubtful)
    return [
      'asked again, the model does not find this answer in the passages; it may be made up (--doubt-below 0 does not ask)',
    ]
  return sources.map((passage, i) => {
    const { text } = passage
    const line = text.trim().replaceAll(/\s+/g, ' ')
    const shown = line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line
    return `[${i + 1}] ${whereIs(passage)}: ${shown}`
  })
}

/** Its place in the document's file, or in the text. */
export function whereIs({ firstChar, length, place, placeEnd = place }: Passage): string {
  return place === undefined || placeEnd === undefined
    ? `characters ${firstChar}–${firstChar + length}`
    : rangeWords(place, placeEnd)
}
