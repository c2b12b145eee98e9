// What every format's file offers: a document opened, and its text piece by piece.
import type { Place } from '../api/places.ts'

/** A stretch of text. Where `place` is given, the text stands there from its first character on. */
export interface Piece {
  readonly text: string
  readonly place?: Place
}

/** What may be said about how a file is read. */
export interface FormatOptions {
  /** encoding of a text's bytes; undefined: they tell it themselves */
  readonly encoding: string | undefined
  /** of an encrypted file */
  readonly password: string | undefined
  /** of an HTML page */
  readonly html: 'article' | 'whole'
}

/** A file opened as one format. */
export interface FormatText {
  readonly title?: string | undefined
  readonly pages?: number | undefined
  /** the text in order; may be taken once */
  readonly pieces: AsyncIterable<Piece>
  /** the share 0…1 of the file that was taken; undefined where unknown */
  share?(): number | undefined
  /** sentences on what was left out, once all was taken */
  notes?(): readonly string[]
  /** of a text's bytes, as in `encodings` */
  encoding?(): string
  /** frees what the parser holds */
  close?(): void
}

/** Throws LongtabError `bad-input` for a file that cannot be read, `needs-password` for one that is locked. */
export type OpenFormat = (blob: Blob, options: FormatOptions) => Promise<FormatText>
