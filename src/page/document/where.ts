// Where in its file a stretch of the document stands, in words.
import { passagePlace, placeAt, placeWords, rangeWords, type Passage } from '../../index.ts'
import type { DocumentText } from './document_text.ts'

/** `page 12`, `pages 12–13`; '' where the file has no places. */
export function whereIs(passage: Passage, { places }: DocumentText): string {
  const { place, placeEnd } = passagePlace(passage, places)
  return place === undefined ? '' : rangeWords(place, placeEnd ?? place)
}

/** The place of one character. */
export function whereAt(offset: number, { places }: DocumentText): string {
  const place = placeAt(places, offset)
  return place === undefined ? '' : placeWords(place)
}
