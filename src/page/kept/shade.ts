// Shades a piece: its text in stretches of about a sentence, each with the level of the tokens that it most likely holds.
import { heatLevel, type Heat } from './heat.ts'

const shortest = 60
const longest = 240

/** A stretch of text of one level. */
export interface Shade {
  readonly text: string
  readonly level: number
}

/**
 * Only a piece's first token is known, so tokens are taken to lie evenly over its characters: right to within a few
 * words. Neighbours of one level are joined.
 */
export function shadePiece(text: string, from: number, to: number, heat: Heat): Shade[] {
  const shades: Shade[] = []
  const tokensPerUnit = (to - from) / Math.max(1, text.length)
  let start = 0
  for (const end of stretchEnds(text)) {
    const first = from + Math.round(start * tokensPerUnit)
    const after = Math.max(first + 1, from + Math.round(end * tokensPerUnit))
    const share = heat.mean(first, after)
    const level = heatLevel(share, heat.highest)
    const stretch = text.slice(start, end)
    const last = shades.at(-1)
    if (last?.level === level) shades[shades.length - 1] = { text: last.text + stretch, level }
    else shades.push({ text: stretch, level })
    start = end
  }
  return shades
}

/** Where stretches end: after a sentence or line, or at a blank when none comes in time. */
export function stretchEnds(text: string): number[] {
  const ends: number[] = []
  for (let start = 0; start < text.length;) {
    const reach = text.slice(start, start + longest)
    start += sentenceLength(reach) ?? (reach.length < longest ? reach.length : wordsLength(reach))
    ends.push(start)
  }
  return ends
}

/** Length up to the first sentence end or line end that makes a stretch long enough. */
function sentenceLength(reach: string): number | undefined {
  const found = /[.!?…][)"'”’]*\s+|\n+/.exec(reach.slice(shortest))
  return found === null ? undefined : shortest + found.index + found[0].length
}

/** Length up to the last blank, or as much as there is without splitting a surrogate pair. */
function wordsLength(reach: string): number {
  const blank = reach.lastIndexOf(' ')
  if (blank >= shortest) return blank + 1
  const last = reach.charCodeAt(reach.length - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return splitsPair ? reach.length - 1 : reach.length
}
