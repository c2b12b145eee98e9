// Where the document states an answer, in lines for a terminal.
import type { AnswerSummary, Passage } from '../../src/api/answer.ts'

const mostCharacters = 160

export function sourceLines(
  finish: AnswerSummary['finish'],
  sources: readonly Passage[],
): string[] {
  if (finish === 'absent')
    return [
      'the document does not speak of this, as far as its words tell; ask in its own words, or with --even-if-absent',
    ]
  return sources.map(({ firstChar, length, text }, i) => {
    const line = text.trim().replaceAll(/\s+/g, ' ')
    const shown = line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line
    return `[${i + 1}] characters ${firstChar}–${firstChar + length}: ${shown}`
  })
}
