// Several documents as one text: each begins with its title as a heading, and every place names the document that it is in.
import type { Place, Places } from '../api/places.ts'

/** Between the text of one document and the title of the next. */
export const between = '\n\n'

export function titleLine(title: string): string {
  return `# ${title}\n\n`
}

/** Where a document begins, and all of it that has no places of its own. */
export function startOf(title: string): Place {
  return { kind: 'document', value: title }
}

export function placeIn(title: string, place: Place): Place {
  return { ...place, of: title }
}

/** Its own title, or its file's name; one that another has already, with the path. */
export function titleAmong(
  taken: ReadonlySet<string>,
  title: string | undefined,
  path: string,
): string {
  const own = title?.replace(/\s+/g, ' ').trim() || path.slice(path.lastIndexOf('/') + 1)
  return taken.has(own) ? `${own} (${path})` : own
}

/** A text to be joined with others. */
export interface PartText {
  /** The title that its file gives itself; `undefined` where it has none. */
  readonly title: string | undefined
  /** From the folder that the file is in, or its bare name. */
  readonly path: string
  /** The text in UTF-8. */
  readonly blob: Blob
  /** UTF-16 units of the text. */
  readonly length: number
  /** Where in its file the text stands. */
  readonly places: Places
}

/** Texts as one. */
export interface JoinedText {
  /** The text in UTF-8. */
  readonly blob: Blob
  /** Where in its file, and in which of them, the text stands. */
  readonly places: Places
}

/**
 * Joins texts in their order. Each begins with its title as a heading, its file's name where it has none, and the places say of
 * which text they are. A title that comes twice has the path behind it.
 * @throws Nothing.
 */
export function joinTexts(texts: readonly PartText[]): JoinedText {
  const parts: (Blob | string)[] = []
  const firstChar: number[] = []
  const place: Place[] = []
  const titles = new Set<string>()
  let begun = 0 // UTF-16 units so far
  for (const { title: own, path, blob, length, places } of texts) {
    const title = titleAmong(titles, own, path)
    const gap = titles.size === 0 ? '' : between
    const heading = titleLine(title)
    titles.add(title)
    begun += gap.length
    firstChar.push(begun)
    place.push(startOf(title))
    begun += heading.length
    for (const offset of places.firstChar) firstChar.push(begun + offset)
    for (const one of places.place) place.push(placeIn(title, one))
    begun += length
    parts.push(gap, heading, blob)
  }
  return { blob: new Blob(parts), places: { firstChar: Float64Array.from(firstChar), place } }
}
