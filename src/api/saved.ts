// A document that is kept: written to a file, and opened again without reading.
import type { DocumentFormat, Places, ReadFrom } from './places.ts'
import type { Progress } from './progress.ts'
import type { Settings } from './settings.ts'

/** How a document is saved. */
export interface SaveOptions {
  /** What the document is called, for whoever lists saved documents. Default: `''`. */
  readonly title?: string
  /** By what the model is to be loaded again, for whoever opens the file. Default: what it was loaded by. */
  readonly source?: string
  /** What the text was read from, for a text that was taken out of its file before it was read. Default: what the document says. */
  readonly from?: ReadFrom
  /** Is told how far the saving is, at most ten times a second. `undefined` by default. */
  readonly onProgress?: (progress: Progress) => void
  /** Ends the saving with LongtabError `aborted`. `undefined` by default. */
  readonly signal?: AbortSignal
}

/** How what has been read so far is kept while a long reading goes on. */
export interface Checkpoints extends Pick<SaveOptions, 'title' | 'source' | 'from'> {
  /**
   * Is given a saved document of the tokens read so far, and their number; `Model.open` reads on from there. The latest takes the
   * place of those before. The reading waits for it, and ends with what it throws.
   */
  readonly keep: (checkpoint: Blob, tokens: number) => void | Promise<void>
  /**
   * Milliseconds of reading between two checkpoints, at least; longer where making them would take more than 2 % of the time.
   * 0 makes one after every chunk, whatever it takes. Default: 60,000.
   */
  readonly everyMs?: number
}

/** How a saved document is opened. */
export interface OpenOptions {
  /** For a document that was not read to its end: how the rest is kept while it is read. `undefined` by default: not. */
  readonly checkpoints?: Checkpoints
  /** Is told how far the opening is, at most ten times a second. `undefined` by default. */
  readonly onProgress?: (progress: Progress) => void
  /** Ends the opening with LongtabError `aborted`. `undefined` by default. */
  readonly signal?: AbortSignal
}

/** The model that a saved document was read with. */
export interface SavedModel {
  /** The repository `owner/name`, the address, or the names of the files, as the model was loaded by. */
  readonly source: string
  /** The revision of the repository as it was asked for; `undefined` for an address or files. */
  readonly revision?: string
  /** Hash of its shape and final norm: `final-norm-sha256:…`. */
  readonly fingerprint: string
  /** Its shape: layers×hidden×heads×kvHeads×headSize. */
  readonly shape: string
}

/** What a saved document says of itself. */
export interface SavedDocument {
  /** As given to `save`. */
  readonly title: string
  /** Milliseconds since 1970 at which it was saved. */
  readonly savedAt: number
  /** Tokens of the document, as far as it was read. */
  readonly tokens: number
  /** Share 0…1 of the document that was read; below 1 of a checkpoint, which `open` reads on from. */
  readonly share: number
  /** Bytes of the file. */
  readonly bytes: number
  /** What it was read with. */
  readonly model: SavedModel
  /** The settings that it was read with: those that `load` is to be given to open it. */
  readonly settings: Settings
  /** What it was read as. */
  readonly format: DocumentFormat
  /** Where in its file the text stands; empty for plain text. */
  readonly places: Places
  /** Its text in UTF-8, as it stands in the file and not checked; `undefined` where it was not kept. */
  readonly text: Blob | undefined
}
