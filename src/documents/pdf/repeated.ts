// Headers and footers: lines at the top and bottom of pages whose words, but for their numbers, stand on most pages around.
import type { Line } from './line.ts'

/** A page's lines, from its top. */
export interface PageLines {
  readonly page: number
  /** of the page, in points */
  readonly height: number
  readonly lines: readonly Line[]
}

/** Lines that may be header or footer, at either end of a page. */
const edgeLines = 2
/** A line is one where it stands on so many of the pages around, and on this share of them. */
const leastPages = 3
const leastShare = 0.4
/** The share of a page's height at its top and bottom where such lines stand. */
const margin = 0.12
/** Points by which its height on the page may differ. */
const sameHeight = 4

/**
 * The lines of a page without those that repeat.
 * @param around pages before and after it, itself among them
 * @param found is told each line that is left out
 */
export function withoutRepeated(
  { page, height, lines }: PageLines,
  around: readonly PageLines[],
  found: (key: string) => void,
): Line[] {
  const others = around.filter((other) => other.page !== page && other.lines.length > 0)
  const repeated = new Set<Line>()
  for (const line of edgesOf(lines)) {
    if (line.y > margin * height && line.y < (1 - margin) * height) continue
    const key = keyOf(line)
    const count = 1 + others.filter((other) => hasLike(other, line, key)).length
    if (count < leastPages || count < leastShare * (others.length + 1)) continue
    repeated.add(line)
    found(key)
  }
  return lines.filter((line) => !repeated.has(line))
}

/** The first and last lines by height on the page; parts of one line count as one. */
function edgesOf(lines: readonly Line[]): Line[] {
  const heights = [...new Set(lines.map(({ y }) => Math.round(y)))].sort((a, b) => b - a)
  const edges = new Set([...heights.slice(0, edgeLines), ...heights.slice(-edgeLines)])
  return lines.filter(({ y }) => edges.has(Math.round(y)))
}

function hasLike({ lines }: PageLines, { y }: Line, key: string): boolean {
  return edgesOf(lines).some((line) => Math.abs(line.y - y) <= sameHeight && keyOf(line) === key)
}

/** The words with numbers, Roman ones too where they stand alone, as `#`. */
function keyOf({ text }: Line): string {
  return text
    .replace(/\d+/g, '#')
    .replace(/^[ivxlcdm]+$/i, '#')
    .toLowerCase()
}
