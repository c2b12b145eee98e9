// A place in words for people.
import type { Place } from '../api/places.ts'

const longestTitle = 60

/**
 * Puts a place into words: `page 12`, `chapter “The Letter”`, `12:05`, `sheet “Costs”, row 3`; of one document among several
 * `“Emma”, page 12`.
 * @throws Nothing.
 */
export function placeWords(place: Place): string {
  return behindTitle(place, wordsOf(place))
}

/**
 * Puts a stretch from one place to another into words: `pages 12–13`, `12:05–12:09`; the first alone where both are the same.
 * @throws Nothing.
 */
export function rangeWords(first: Place, last: Place): string {
  if (first.kind === 'document' && first.value === last.of) return placeWords(last)
  if (first.of !== last.of) return `${placeWords(first)} – ${placeWords(last)}`
  return behindTitle(first, rangeWithin(first, last))
}

function behindTitle({ of }: Place, words: string): string {
  return of === undefined ? words : `${quoted(of)}, ${words}`
}

/** Within its document. */
function wordsOf(place: Place): string {
  switch (place.kind) {
    case 'document':
      return quoted(place.value)
    case 'time':
      return clock(place.value)
    case 'chapter':
    case 'heading':
      return `${place.kind} ${quoted(place.value)}`
    case 'sheet':
      return `sheet ${quoted(place.value)}, row ${place.row}`
    default:
      return `${place.kind} ${place.value}`
  }
}

/** The same of two places in one document. */
function rangeWithin(first: Place, last: Place): string {
  const [from, to] = [wordsOf(first), wordsOf(last)]
  if (from === to) return from
  if (first.kind === 'sheet' && last.kind === 'sheet' && first.value === last.value)
    return `sheet ${quoted(first.value)}, rows ${first.row}–${last.row}`
  if (first.kind !== last.kind) return `${from} – ${to}`
  if (first.kind === 'time') return `${from}–${to}`
  if (typeof first.value === 'number') return `${first.kind}s ${first.value}–${last.value}`
  return `${from} – ${to}`
}

/** `5:07`, `1:02:03`. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const two = (count: number) => String(count).padStart(2, '0')
  const end = `${hours > 0 ? two(minutes) : minutes}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${end}` : end
}

function quoted(title: string): string {
  const shortened = title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title
  return `“${shortened}”`
}
