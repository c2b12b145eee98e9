// A document that questions can be asked of: read just now, or opened from a file.
import type { ReadResult } from './protocol.ts'

export interface OpenDocument {
  readonly form: 'chat' | 'plain'
  /** the cache holds nothing of it */
  readonly isSkimmed: boolean
  /** prompt tokens before the document's first: the template's and the start token */
  readonly prefix: readonly number[]
  /** held out of a plain prompt; undefined in chat form */
  readonly tail: Uint32Array<ArrayBuffer> | undefined
  /** what was told of the reading */
  readonly read: ReadResult
  /** in UTF-8; see LongDocument */
  readonly text: () => Promise<Blob>
  /** whether there is a text to be had */
  readonly hasText: boolean
}
