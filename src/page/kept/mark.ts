// Where a marked passage begins and ends in a stretch of the document.
import type { Passage } from '../../index.ts'

export interface Part {
  readonly text: string
  readonly isMarked: boolean
}

/**
 * Cuts a stretch where the mark begins and ends: one to three parts, none of them empty.
 * @param firstChar of the stretch in the document
 */
export function cutByMark(
  stretch: string,
  firstChar: number,
  marked: Pick<Passage, 'firstChar' | 'length'> | undefined,
): Part[] {
  const inStretch = (char: number) => Math.min(stretch.length, Math.max(0, char - firstChar))
  const from = marked === undefined ? 0 : inStretch(marked.firstChar)
  const to = marked === undefined ? 0 : inStretch(marked.firstChar + marked.length)
  return [
    { text: stretch.slice(0, from), isMarked: false },
    { text: stretch.slice(from, to), isMarked: true },
    { text: stretch.slice(to), isMarked: false },
  ].filter(({ text }) => text !== '')
}
