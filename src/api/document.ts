// A document: read once, asked as often as wanted.
import type { Answer, AnswerOptions, AskOptions, Likelihood, LikelihoodOptions } from './answer.ts'
import type { DocumentFormat, ReadFrom } from './places.ts'
import type { Memory, Progress } from './progress.ts'
import type { Checkpoints, SaveOptions } from './saved.ts'
import type { Survey, SurveyCost, SurveyOptions } from './survey.ts'

/**
 * What to read, of any length: a text, a file or a stream of text. A Blob may be a document of any `DocumentFormat`, told by its
 * content; its text is read. The bytes of text may be in any encoding that browsers know; a Blob is looked at whole to tell
 * which. A stream's strings count as UTF-8.
 */
export type DocumentSource = string | Blob | ReadableStream<Uint8Array | string>

/** How a file becomes text. */
export interface FileOptions {
  /** What a Blob is read as. Default: what its content tells; `text` takes the bytes as plain text whatever they are. */
  readonly format?: DocumentFormat
  /**
   * Encoding of a text's bytes, by any of its names in the Encoding standard, or `utf-32le`, `utf-32be`. Default: what a byte
   * order mark or the bytes themselves tell.
   */
  readonly encoding?: string
  /** Opens an encrypted file; LongtabError `needs-password` says that it is needed, or wrong. `undefined` by default. */
  readonly password?: string
  /** Which part of an HTML page is read: its article, without menus and the like, or the whole. Default: `article`. */
  readonly html?: 'article' | 'whole'
}

/** How a document is read. */
export interface ReadOptions extends FileOptions {
  /**
   * What the text is for. `chat` puts the document into the model's chat template, and questions follow with `ask`. `plain`
   * encodes the text as it is, with the tokenizer's own special tokens. The last `Settings.local` tokens are held out as in
   * the official Locret code, and `complete` continues from them. Default: `chat`.
   */
  readonly form?: 'chat' | 'plain'
  /**
   * Cuts the document into passages and does not run it through the model: seconds for a book. Every answer then comes from
   * passages; a question about the whole gets some at even distances. Needs `Settings.recall` to be `passages`, and form `chat`.
   * Default: `false`.
   */
  readonly skim?: boolean
  /**
   * Keeps the text of a stream, so that it is saved with the document; it takes its bytes outside the GPU. The text of a string or
   * Blob needs no keeping. Default: `false`.
   */
  readonly keepText?: boolean
  /**
   * Keeps what has been read so far, so that a long reading that was cut off goes on. A file or stream is then taken whole before
   * it is read, since the rest of its text is kept too. A document that is skimmed makes none. `undefined` by default: not.
   */
  readonly checkpoints?: Checkpoints
  /** Is told how far the reading is, at most ten times a second. `undefined` by default. */
  readonly onProgress?: (progress: Progress) => void
  /** Ends the reading with LongtabError `aborted`. `undefined` by default. */
  readonly signal?: AbortSignal
}

/** Where the document's text went: token `firstToken[i]` starts at UTF-16 offset `firstChar[i]` of the text. */
export interface Pieces {
  /** UTF-16 offsets into the text, ascending. Shape: (pieces). */
  readonly firstChar: Float64Array
  /** Token indices, ascending, counted from the document's first token. Shape: (pieces). */
  readonly firstToken: Uint32Array
}

/** A document that has been read. Questions do not change it: each one meets the document as it was after reading. */
export interface LongDocument extends ReadFrom {
  /** Tokens of the document, without those that the chat template adds. */
  readonly tokens: number
  /** Tokens of it that ran through the model while reading: those held out of a plain text did not, and none that was skimmed. */
  readonly prefilled: number
  /** The encoding that its bytes were decoded by, as in `encodings`; `utf-8` where it came as a string. */
  readonly encoding: string
  /** What was left out or could not be decoded, in sentences for people; none where every character was read. */
  readonly notes: readonly string[]
  /** Which characters became which tokens. */
  readonly pieces: Pieces
  /** Milliseconds that reading took. */
  readonly readMs: number
  /** Pairs of tokens read and bytes on the GPU: one at the start and one after each chunk. Shape: (chunks + 1, 2). */
  readonly gpuBytesOverRead: readonly (readonly [number, number])[]
  /**
   * Bytes of host memory, outside the GPU, that `Settings.recall` takes: units or passages, and a copy of the cache. 0 where it
   * is `none`.
   */
  readonly hostBytes: number
  /** Bytes that `save` writes, to some ten kilobytes; more or fewer where the text came in another encoding than `utf-8`. */
  readonly savedBytes: number
  /**
   * Writes everything that questions need to one file: what the cache holds, what `Settings.recall` keeps, the text, and what it
   * was read with. `Model.open` opens it without reading, and answers are those of this document byte for byte. The file's bytes
   * stay outside the page's memory where the browser keeps them so.
   * @throws LongtabError `bad-input` when the document was closed, or when its file was changed or removed since it was read,
   * `aborted`, `device-lost`.
   * @example
   * const file = await document.save({ title: 'Emma' })
   * const again = await model.open(file) // in another tab, on another day
   */
  save(options?: SaveOptions): Promise<Blob>
  /**
   * The document's text in UTF-8, as it was read: what the offsets of `pieces` and of passages count in.
   * @throws LongtabError `bad-input` when the document was closed, or its file was changed or removed since it was read. Also for a
   * stream whose text was not kept (`ReadOptions.keepText`).
   */
  text(): Promise<Blob>
  /**
   * Answers a question about a document that was read in `chat` form.
   * @throws LongtabError `bad-input` at once when the document was closed by reading another. The answer rejects with:
   * `bad-input` for an empty question or a document in `plain` form, `bad-setting` for options that cannot be, `aborted` when
   * the signal had fired before, `bad-numbers`, `device-lost`.
   * @example
   * const answer = document.ask('Who found the letter?', { maxTokens: 64 })
   * for await (const piece of answer) process.stdout.write(piece)
   * const { finish, timeToFirstTokenMs } = await answer.summary
   */
  ask(question: string, options?: AskOptions): Answer
  /**
   * Answers a question that no passage answers alone, such as "List all invoices": the document is read once more in pieces, and each
   * is asked the question. It takes about as long as reading did, and longer where much is found.
   * Needs `Settings.recall` to be `passages`.
   * @throws LongtabError as `ask`; the survey rejects with `bad-setting` also where the document has no passages.
   * @example
   * const { pieces, seconds } = await document.surveyCost()
   * const survey = document.survey('List every invoice.', { onPart: ({ answer, passage }) => show(answer, passage) })
   * for await (const piece of survey) process.stdout.write(piece)
   */
  survey(question: string, options?: SurveyOptions): Survey
  /**
   * Tells what a survey costs, before it starts. Nothing runs for it.
   * @param options those of the survey
   * @throws LongtabError `bad-input` when the document was closed, `bad-setting` where it has no passages.
   */
  surveyCost(options?: Pick<SurveyOptions, 'join' | 'maxTokens'>): Promise<SurveyCost>
  /**
   * Continues a document that was read in `plain` form.
   * @throws LongtabError as `ask`; the answer rejects with `bad-input` where the document is in `chat` form, or where
   * `Settings.local` is 0.
   */
  complete(options?: AnswerOptions): Answer
  /**
   * Says how well the model predicts a text that goes on from the document, as far as the document was kept (teacher forcing).
   * @throws LongtabError `bad-input` for a text of fewer than two tokens or a document that was closed, `aborted`,
   * `bad-numbers`, `device-lost`.
   */
  likelihood(text: string, options?: LikelihoodOptions): Promise<Likelihood>
  /**
   * Counts the bytes on the GPU now.
   * @throws Nothing while the model is open.
   */
  memory(): Promise<Memory>
  /**
   * For each token of the document, the share 0…1 of all (layer, KV head) pairs that still hold it. Shape: (tokens).
   * @throws LongtabError `bad-input` when the document was closed, `device-lost`.
   */
  retained(): Promise<Float32Array>
  /**
   * For each layer and KV head, the token indices that it still holds, ascending. Indices count from the start of the encoded
   * prompt, template and special tokens included. Shape: (layers, KV heads), each a list; a layer without attention has none.
   * @throws LongtabError `bad-input` when the document was closed, `device-lost`.
   */
  retainedIndices(): Promise<Uint32Array[][]>
  /**
   * For each layer, the slots that a policy merged from several tokens. Shape: (layers).
   * @throws LongtabError `bad-input` when the document was closed, `device-lost`.
   */
  merged(): Promise<MergedSlots[]>
}

/** Slots of one layer that hold merged keys and values. */
export interface MergedSlots {
  /** Merged slots per KV head; 0 where nothing was merged. */
  readonly slots: number
  /**
   * Keys, f32, shape: (KV heads, slots, head size), dimensions as in the checkpoint. They are rotated under positions
   * `original` and not rotated under `slot`. A KV head that has merged nothing yet has zeros.
   */
  readonly keys: Float32Array
  /** Values, f32, shape: (KV heads, slots, head size). */
  readonly values: Float32Array
}
