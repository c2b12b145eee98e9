// A file of any format opened as a stream of text with a map back to where it stands in the file.
import type { DocumentFormat, Places } from '../api/places.ts'
import { asOurs } from './faults.ts'
import { documentFormats } from './format_names.ts'
import type { Piece } from './format.ts'
import { openFormat, type OpenOptions } from './open_format.ts'
import { PlaceMap } from './place_map.ts'

/** What is known of a document at once. */
export interface DocumentHead {
  readonly format: DocumentFormat
  /** that the file says it has */
  readonly title: string | undefined
  /** pages of a PDF, slides of a presentation */
  readonly pages: number | undefined
}

/** A document whose text is taken piece by piece. What the calls give is of all that was taken so far. */
export interface OpenedDocument extends DocumentHead {
  /** in order, parts of bounded length without NULs; may be taken once */
  readonly text: AsyncIterable<string>
  /** the share 0…1 of the file; undefined where unknown */
  share(): number | undefined
  /** as in `encodings`; `utf-8` of what is not plain text */
  encoding(): string
  places(): Places
  notes(): readonly string[]
  /** frees what it holds, whether or not its text was taken to the end */
  close(): void
}

/** UTF-16 units that are gathered before they are given on; the first come sooner. */
const unitsPerPart = 32_768
const firstUnits = 1024

/**
 * @throws LongtabError `bad-input` for a file that cannot be read, `needs-password` for one that is locked; so does taking the
 * text.
 */
export async function openDocument(blob: Blob, options: OpenOptions): Promise<OpenedDocument> {
  const { format, file } = await openFormat(blob, options)
  const map = new PlaceMap()
  return {
    format,
    title: file.title,
    pages: file.pages,
    text: textOf(file.pieces, map, documentFormats[format]),
    share: () => file.share?.(),
    encoding: () => file.encoding?.() ?? 'utf-8',
    places: () => map.places(),
    notes: () => file.notes?.() ?? [],
    close: () => file.close?.(),
  }
}

/** Gathers pieces to parts, and notes at which offset their places begin. */
async function* textOf(
  pieces: AsyncIterable<Piece>,
  map: PlaceMap,
  format: string,
): AsyncGenerator<string> {
  let taken = 0 // UTF-16 units given on
  let held = ''
  try {
    for await (const { text, place } of pieces) {
      if (place !== undefined) map.add(taken + held.length, place)
      held += clean(text, taken + held.length === 0)
      while (held.length >= (taken === 0 ? firstUnits : unitsPerPart)) {
        const end = beforePair(held, Math.min(held.length, 2 * unitsPerPart))
        yield held.slice(0, end)
        taken += end
        held = held.slice(end)
      }
    }
  } catch (error) {
    throw asOurs(error, format)
  }
  if (held !== '') yield held
}

/** Offsets are those of the text as the engine reads it: without NULs, and without a mark of its byte order. */
function clean(text: string, isFirst: boolean): string {
  const unmarked = isFirst && text.startsWith('\ufeff') ? text.slice(1) : text
  return unmarked.includes('\0') ? unmarked.replaceAll('\0', '') : unmarked
}

/** The same offset, or one less where it would split a surrogate pair. */
function beforePair(text: string, offset: number): number {
  const last = text.charCodeAt(offset - 1)
  return last >= 0xd800 && last <= 0xdbff ? offset - 1 : offset
}
