// The lines of a page: its runs of glyphs joined along their baselines, and cut where a column's gutter lies between them.

/** Glyphs that the file draws at once. Units: points, from the page's lower left corner. */
export interface Run {
  readonly text: string
  readonly x: number
  /** of the baseline */
  readonly y: number
  readonly width: number
  /** of the type */
  readonly height: number
  readonly isRightToLeft: boolean
  /** its glyphs stand below each other, and its lines from the right to the left */
  readonly isVertical: boolean
}

/** A line, or the part of one that lies in a column. */
export interface Line {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly y: number
  readonly height: number
}

/** Runs whose baselines lie apart by less than this share of their height stand in one line. */
const sameLine = 0.5
/** A gap wider than this many heights is no space between words. */
const gutter = 1.6
/** A gap wider than this share of the height is a space. */
const space = 0.15

/** Joins runs into lines, in the order in which the file draws them. */
export function linesOfPage(runs: readonly Run[]): Line[] {
  if (runs.filter(({ isVertical }) => isVertical).length * 2 > runs.length) return columns(runs)
  const lines: Run[][] = []
  for (const run of runs) {
    if (run.text.trim() === '') continue
    const line = lines.findLast((line) => continues(line, run))
    if (line === undefined) lines.push([run])
    else line.push(run)
  }
  return lines.flatMap(cutAtGutters).map(lineOf)
}

/** Vertical lines as drawn, one below the other as if they were written from the left. */
function columns(runs: readonly Run[]): Line[] {
  const texts = runs.map(({ text }) => text.trim()).filter((text) => text !== '')
  return texts.map((text, i) => ({ text, left: 0, right: 1, y: -i, height: 1 }))
}

function continues(line: readonly Run[], run: Run): boolean {
  const last = line.at(-1)
  if (last === undefined) return false
  const height = Math.max(last.height, run.height)
  return Math.abs(last.y - run.y) < sameLine * height
}

function cutAtGutters(line: readonly Run[]): Run[][] {
  const sorted = line.toSorted((a, b) => a.x - b.x)
  const parts: Run[][] = []
  let end = 0
  for (const run of sorted) {
    const part = parts.at(-1)
    if (part === undefined || run.x - end > gutter * run.height) parts.push([run])
    else part.push(run)
    end = Math.max(end, run.x + run.width)
  }
  return parts
}

function lineOf(runs: readonly Run[]): Line {
  const isRightToLeft = runs.filter((run) => run.isRightToLeft).length * 2 > runs.length
  const left = Math.min(...runs.map(({ x }) => x))
  const right = Math.max(...runs.map(({ x, width }) => x + width))
  const height = Math.max(...runs.map((run) => run.height))
  // the tallest type stands on the line; notes are raised
  const y = runs.reduce((tallest, run) => (run.height > tallest.height ? run : tallest)).y
  return { text: joined(isRightToLeft ? runs.toReversed() : runs), left, right, y, height }
}

function joined(runs: readonly Run[]): string {
  let text = ''
  let last: Run | undefined
  for (const run of runs) {
    if (last !== undefined) {
      const gap = Math.max(run.x - (last.x + last.width), last.x - (run.x + run.width))
      if (gap > space * run.height && !/\s$/.test(text) && !/^\s/.test(run.text)) text += ' '
    }
    text += run.text
    last = run
  }
  return text.replace(/\s+/g, ' ').trim()
}
