// The reading order of a page's lines. A gutter that few lines cross divides the page into columns. Lines that do cross it, such
// as titles, divide the columns into bands. Each band is read column by column.
import type { Line } from './line.ts'

/** Lines that a column has at least, and characters in the middle one of them: cells of a table are shorter. */
const leastLines = 4
const leastCharacters = 18
/** The share of a page's lines that may cross a gutter. */
const mostCrossing = 0.25

/** Lines in reading order; `column` tells those of different columns and bands apart. */
export interface Ordered {
  readonly line: Line
  readonly column: number
}

export function inReadingOrder(lines: readonly Line[]): Ordered[] {
  let column = 0
  const order = (some: readonly Line[], depth: number): Ordered[] => {
    const x = depth < 4 ? gutterOf(some) : undefined
    if (x === undefined) {
      column += 1
      return downwards(some).map((line) => ({ line, column }))
    }
    const ordered: Ordered[] = []
    let band: Line[] = []
    const endBand = (): void => {
      const left = band.filter(({ right }) => right <= x)
      const right = band.filter(({ left }) => left >= x)
      if (left.length > 0) ordered.push(...order(left, depth + 1))
      if (right.length > 0) ordered.push(...order(right, depth + 1))
      band = []
    }
    for (const line of downwards(some)) {
      if (line.left < x && line.right > x) {
        endBand()
        column += 1
        ordered.push({ line, column })
      } else band.push(line)
    }
    endBand()
    return ordered
  }
  return order(lines, 0)
}

/** From the top; lines at one height from the left. */
function downwards(lines: readonly Line[]): Line[] {
  return lines.toSorted((a, b) =>
    Math.abs(a.y - b.y) < 0.3 * Math.min(a.height, b.height) ? a.left - b.left : b.y - a.y,
  )
}

/** Where a gutter lies; undefined where the lines stand in one column. */
function gutterOf(lines: readonly Line[]): number | undefined {
  if (lines.length < 2 * leastLines) return undefined
  const starts = lines.map(({ left }) => left)
  let best: { readonly x: number; readonly crossing: number } | undefined
  for (const start of new Set(starts)) {
    const x = start - 1 // just before a line that a column may begin with
    const left = lines.filter(({ right }) => right <= x)
    const right = lines.filter((line) => line.left >= x)
    const crossing = lines.length - left.length - right.length
    if (crossing > mostCrossing * lines.length || !isColumn(left) || !isColumn(right)) continue
    if (!areBeside(left, right)) continue
    if (best === undefined || crossing < best.crossing) best = { x, crossing }
  }
  return best?.x
}

/** Whether the lines are prose: enough of them, and most as wide as the column. */
function isColumn(lines: readonly Line[]): boolean {
  if (lines.length < leastLines) return false
  const [left, right] = edges(lines)
  const widths = lines.map((line) => line.right - line.left).sort((a, b) => a - b)
  const lengths = lines.map(({ text }) => text.length).sort((a, b) => a - b)
  const middle = lines.length >> 1
  return (widths[middle] ?? 0) > 0.5 * (right - left) && (lengths[middle] ?? 0) >= leastCharacters
}

function edges(lines: readonly Line[]): [number, number] {
  return [Math.min(...lines.map(({ left }) => left)), Math.max(...lines.map(({ right }) => right))]
}

/** Whether they share heights on the page: what lies above the other is no column beside it. */
function areBeside(left: readonly Line[], right: readonly Line[]): boolean {
  const heights = (lines: readonly Line[]): [number, number] => [
    Math.min(...lines.map(({ y }) => y)),
    Math.max(...lines.map(({ y }) => y)),
  ]
  const [[a, b], [c, d]] = [heights(left), heights(right)]
  return Math.min(b, d) - Math.max(a, c) > 0.3 * Math.min(b - a, d - c)
}
