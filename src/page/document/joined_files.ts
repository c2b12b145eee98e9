// Several files as one document, in order; each is read as what it is, unless the user chose how.
import type { FileOptions, Place } from '../../index.ts'
import { openText, type DocumentText } from './document_text.ts'
import { openUsable } from './usable_files.ts'

const between = '\n\n'

export async function joinedFiles(
  name: string,
  files: readonly File[],
  options: FileOptions,
  signal?: AbortSignal,
): Promise<DocumentText> {
  const { opened, notes: leftOut } = await openUsable(files, (file) =>
    openText(file.name, file, options, signal),
  )
  const [first, ...others] = opened
  if (first !== undefined && others.length === 0)
    return { ...first, notes: [...first.notes, ...leftOut] }
  const parts = opened.flatMap(({ blob }, i) => (i === 0 ? [blob] : [between, blob]))
  const joined = await openText(name, new Blob(parts), { format: 'text' })
  const notes = opened.flatMap((one) => one.notes.map((note) => `${one.name}: ${note}`))
  const encoding = first?.encoding ?? joined.encoding
  return { ...joined, encoding, notes: [...notes, ...leftOut], places: joinedPlaces(opened) }
}

/** The places of all, by their offsets in the joined text. */
function joinedPlaces(opened: readonly DocumentText[]): DocumentText['places'] {
  const firstChar: number[] = []
  const place: Place[] = []
  let begun = 0 // UTF-16 units before the file's text
  for (const { places, length } of opened) {
    for (const offset of places.firstChar) firstChar.push(begun + offset)
    for (const one of places.place) place.push(one)
    begun += length + between.length
  }
  return { firstChar: Float64Array.from(firstChar), place }
}
