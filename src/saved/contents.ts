// What the metadata of a saved document's file holds, besides its format and version.

/** The first thing in the file's JSON: by it a saved document is told from other safetensors files. */
export const formatName = 'longtab document'

/** Raised with every change that an older reader would misunderstand. */
export const formatVersion = 1

/** The part that is the document's text, where it was kept. */
export const textName = 'text'

export interface Contents {
  /** see about.ts */
  readonly about: unknown
  /** by part: SHA-256 of every slice, hexadecimal */
  readonly hashes: Readonly<Record<string, readonly string[]>>
}
