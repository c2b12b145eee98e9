// A document: read once, asked as often as wanted.
import type { Answer, AnswerOptions, AskOptions, Likelihood, LikelihoodOptions } from './answer.ts'
import type { Memory, Progress } from './progress.ts'

/** Text to read, of any length. Streams give UTF-8 bytes or strings. */
export type DocumentSource = string | Blob | ReadableStream<Uint8Array | string>

export interface ReadOptions {
  /**
   * `chat` (default): the document goes into the model's chat template and questions follow with `ask`.
   * `plain`: the text is encoded as it is, with the tokenizer's own special tokens; the last `settings.local` tokens are
   * held out as the official Locret code does, and `complete` continues from them.
   */
  readonly form?: 'chat' | 'plain'
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

/** Where the document's text went: token `firstToken[i]` starts at UTF-16 offset `firstChar[i]` of the text. */
export interface Pieces {
  /** (pieces), ascending */
  readonly firstChar: Float64Array
  /** (pieces), ascending, counted from the document's first token */
  readonly firstToken: Uint32Array
}

/** A document that has been read. It stays as it was after reading, whatever is asked. */
export interface LongDocument {
  /** tokens of the document, without what the chat template adds */
  readonly tokens: number
  readonly pieces: Pieces
  readonly readMs: number
  /** [tokens read, GPU bytes], a sample after each chunk */
  readonly gpuBytesOverRead: readonly (readonly [number, number])[]
  /** answers a question about the document (`chat` form) */
  ask(question: string, options?: AskOptions): Answer
  /** continues the text (`plain` form) */
  complete(options?: AnswerOptions): Answer
  /** how well the document, as far as it was kept, foretells a text that goes on from it (teacher forcing) */
  likelihood(text: string, options?: LikelihoodOptions): Promise<Likelihood>
  memory(): Promise<Memory>
  /** (tokens): the share 0…1 of all (layer, KV head) pairs that still hold each token of the document */
  retained(): Promise<Float32Array>
  /** [layer][KV head] → ascending token indices into the encoded prompt, template and special tokens counted */
  retainedIndices(): Promise<Uint32Array[][]>
  /** (layer): the slots that a policy made of several tokens */
  merged(): Promise<MergedSlots[]>
}

/** Slots of one layer that hold merged keys and values. */
export interface MergedSlots {
  /** per KV head; 0 where nothing was merged */
  readonly slots: number
  /**
   * (KV head, slot, head size), after rotation under positions `original`, else before; dimensions as in the checkpoint.
   * Zeros for a KV head that has merged nothing yet
   */
  readonly keys: Float32Array
  /** (KV head, slot, head size) */
  readonly values: Float32Array
}
