// Lines in reading order → paragraphs. Lines of one paragraph are joined, and words that a hyphen divides at a line's end.
import type { Ordered } from './columns.ts'
import type { Line } from './line.ts'

/** A gap beyond so many of the lines' usual distance begins a paragraph. */
const wideGap = 1.3
/** A line that ends this share of its column's width before the edge ends a paragraph. */
const shortLine = 0.15
/** A line that begins so many heights behind the edge begins one. */
const indent = 0.8
/** Type that is so much larger or smaller is a heading, or a note. */
const otherType = 0.15

/** The text of a page, its paragraphs in lines of their own. */
export function paragraphsOf(ordered: readonly Ordered[]): string {
  let text = ''
  for (const lines of byColumn(ordered)) {
    const left = Math.min(...lines.map((line) => line.left))
    const right = Math.max(...lines.map((line) => line.right))
    const distance = usualDistance(lines)
    let last: Line | undefined
    for (const line of lines) {
      if (last === undefined) text = continued(text, line.text)
      else if (sameParagraph(last, line, left, right, distance)) text = joinedTo(text, line.text)
      else text += `\n${line.text}`
      last = line
    }
  }
  return text
}

function byColumn(ordered: readonly Ordered[]): Line[][] {
  const columns: Line[][] = []
  let current: number | undefined
  for (const { line, column } of ordered) {
    if (column !== current) columns.push([])
    current = column
    columns.at(-1)?.push(line)
  }
  return columns
}

/** The middle one of the distances between baselines. */
function usualDistance(lines: readonly Line[]): number {
  const distances = lines
    .flatMap(({ y }, i) => {
      const next = lines[i + 1]
      return next === undefined ? [] : [Math.abs(y - next.y)]
    })
    .filter((distance) => distance > 1)
    .sort((a, b) => a - b)
  return distances[distances.length >> 1] ?? Infinity
}

function sameParagraph(
  last: Line,
  line: Line,
  left: number,
  right: number,
  distance: number,
): boolean {
  const width = right - left
  const isWide = Math.abs(last.y - line.y) > wideGap * distance
  const isShort = right - last.right > shortLine * width
  const isIndented = line.left - last.left > indent * line.height
  const isOther = Math.abs(line.height - last.height) > otherType * last.height
  return !isWide && !isShort && !isIndented && !isOther
}

/** A column or page after the one before: their paragraph goes on where no sentence ends and none begins. */
export function continued(text: string, next: string): string {
  if (text === '' || next === '') return text + next
  const goesOn = /[\p{L}\p{N},;–—-]$/u.test(text) && /^\p{Ll}/u.test(next)
  return goesOn ? joinedTo(text, next) : `${text}\n${next}`
}

/** A hyphen between small letters divides a word; a soft one does always. */
export function joinedTo(text: string, next: string): string {
  if (text.endsWith('\u00ad')) return text.slice(0, -1) + next
  if (/\p{Ll}[-‐]$/u.test(text) && /^\p{Ll}/u.test(next)) return text.slice(0, -1) + next
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f]$/u.test(text))
    return text + next
  return `${text} ${next}`
}
