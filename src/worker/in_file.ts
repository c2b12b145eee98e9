// What was read and answered, with where in its file it stands.
import type { AnswerSummary, Passage } from '../api/answer.ts'
import type { Places, ReadFrom } from '../api/places.ts'
import type { SurveyPart } from '../api/survey.ts'
import { placeAt } from '../documents/place_map.ts'
import type { Found, ReadResult } from '../reading/protocol.ts'
import type { SourceFile } from './source.ts'

export type InFile = ReadResult & ReadFrom

const nowhere: Places = { firstChar: new Float64Array(0), place: [] }

/** @param file undefined of plain text */
export function inFile(read: ReadResult, file: SourceFile | undefined): InFile {
  if (file === undefined) return { ...read, format: 'text', title: undefined, places: nowhere }
  const { format, title } = file
  return {
    ...read,
    format,
    title,
    places: file.places(),
    encoding: file.encoding(),
    notes: [...file.notes(), ...read.notes],
  }
}

/** What a saved document says of its file. */
export function foundIn({ format, title, places, encoding, notes }: InFile): Found {
  return { format, title, places, encoding, notes }
}

/** Says of each passage where it stands. */
export function withPlaces(summary: AnswerSummary, places: Places): AnswerSummary {
  if (places.place.length === 0) return summary
  const placed = (passage: Passage): Passage => ({ ...passage, ...passagePlace(passage, places) })
  return { ...summary, reread: summary.reread.map(placed), sources: summary.sources.map(placed) }
}

/** Says of a survey's part where its piece stands. */
export function placedPart(part: SurveyPart, places: Places): SurveyPart {
  return { ...part, passage: { ...part.passage, ...passagePlace(part.passage, places) } }
}

/**
 * Finds where a stretch of text begins and ends, white space around it left out.
 * @throws Nothing.
 */
export function passagePlace(
  { firstChar, length, text }: Pick<Passage, 'firstChar' | 'length' | 'text'>,
  places: Places,
): Pick<Passage, 'place' | 'placeEnd'> {
  const before = text.length - text.trimStart().length
  const after = text.length - text.trimEnd().length
  const place = placeAt(places, firstChar + before)
  const placeEnd = placeAt(places, Math.max(firstChar + before, firstChar + length - after - 1))
  return {
    ...(place === undefined ? {} : { place }),
    ...(placeEnd === undefined || placeEnd === place ? {} : { placeEnd }),
  }
}
