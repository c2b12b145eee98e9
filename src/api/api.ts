// The public types. `load` → model, `model.read` → document, `document.ask` → streamed answer.
import type { ModelDescription } from '../model/description.ts'
import type { Settings } from '../plan/settings.ts'
import type { SuggestedSampling } from '../model/generation_config.ts'
import type { KnownHeads } from '../model/known_heads.ts'
import type { Turn } from '../text/chat.ts'
import type { CompressorSettings } from '../training/compressor/settings.ts'
import type { TrainingSettings } from '../training/settings.ts'

/**
 * A Hugging Face folder or a .gguf file: the name of a repository (`owner/name`, `owner/name:file.gguf`), a URL (a folder's
 * last slash is optional; one relative to the page begins with ./ or ends in a slash), or the files that the user picked.
 */
export type ModelSource = string | URL | readonly File[]

/** Retaining heads: a file of a repository (`owner/name:file`), the URL of a file, or the file. */
export type HeadsSource = string | URL | Blob

/** Text to read, of any length. Streams give UTF-8 bytes or strings. */
export type DocumentSource = string | Blob | ReadableStream<Uint8Array | string>

/** How models are reached by name or address, and whether they are kept. */
export interface AccessOptions {
  /** of a repository: a branch, a tag or a commit; `main` by default */
  readonly revision?: string | undefined
  /** for private and gated repositories of the Hub; kept in memory only */
  readonly token?: string | undefined
  /** the address of another Hub than https://huggingface.co */
  readonly hub?: string | undefined
  /** keep what is downloaded in this browser, for the next time and without a network; true by default */
  readonly keep?: boolean | undefined
}

export interface LoadOptions extends Partial<Settings>, AccessOptions {
  /** of policies that need retaining heads; by default `heads.safetensors` of the model's folder, if it has one */
  readonly heads?: HeadsSource
  /**
   * where neither names any: heads by the fingerprint of the model they were trained for; by default those that come with
   * Longtab, none with []
   */
  readonly knownHeads?: readonly KnownHeads[]
  /**
   * what policies that merge merge by: a safetensors file under LoCoCo's official names; by default
   * `compressor.safetensors` of the model's folder, if it has one
   */
  readonly compressor?: HeadsSource
  /** run in this thread on this GPU (Node, tests) instead of in a Web Worker on the browser's */
  readonly gpu?: GPU
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

/** What is happening, for progress bars. Delivered at most some ten times a second. */
export interface Progress {
  /** `download`: into this browser's store; `load`: onto the GPU, from wherever the files lie */
  readonly phase: 'download' | 'load' | 'compile' | 'read'
  /** bytes (download, load), pipelines (compile) or tokens (read) done */
  readonly done: number
  /** absent while unknown (a stream's length) */
  readonly total?: number
  /** of `done`, per second */
  readonly perSecond: number
  readonly secondsLeft?: number
  /** `read` only: the share of the document's bytes consumed, 0…1, when its length is known */
  readonly share?: number
  /** bytes on the GPU now */
  readonly gpuBytes: number
}

/** Bytes in live GPU buffers, summed at creation and destruction. */
export interface Memory {
  readonly weights: number
  readonly cache: number
  readonly scratch: number
  /** the highest sum so far */
  readonly peak: number
}

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

export interface AnswerOptions {
  /** text the answer is begun with and goes on from; not part of it */
  readonly prefix?: string
  readonly maxTokens?: number
  /**
   * `greedy` (default) takes the most likely token each time, which suits questions about a document: what it says is not a
   * matter of chance. `model` draws as the model's makers suggest (`Model.suggestedSampling`), as far as the next three
   * do not say otherwise
   */
  readonly sampling?: 'greedy' | 'model'
  /** 0 takes the most likely token */
  readonly temperature?: number
  readonly topK?: number
  readonly topP?: number
  readonly seed?: number
  /** texts that end the answer; not part of it */
  readonly stop?: readonly string[]
  readonly signal?: AbortSignal
  /** show special tokens in the answer, which are left out by default */
  readonly showSpecial?: boolean
  /** keep the logits of the first answer token in the summary */
  readonly keepFirstLogits?: boolean
}

export interface AskOptions extends AnswerOptions {
  /** earlier questions and their answers, oldest first: they stand before this question, as in a conversation */
  readonly history?: readonly Turn[]
  /** lets a model that can think before it answers do so, where its chat template gives the choice; false by default */
  readonly think?: boolean
  /** told of what the model thinks, as it comes; the answer is without it */
  readonly onThinking?: (text: string) => void
}

export interface AnswerSummary {
  readonly text: string
  /** what the model thought before it answered; '' where it did not */
  readonly thinking: string
  /**
   * tokens by which earlier turns, question and answer exceeded the slots there are behind the document: so many or more of
   * them were evicted, and the model no longer saw them
   */
  readonly overflow: number
  readonly ids: readonly number[]
  readonly finish: 'end' | 'stop' | 'length' | 'aborted'
  readonly timeToFirstTokenMs: number
  readonly decodeTokensPerSecond: number
  /** (vocabulary), when asked for with `keepFirstLogits` */
  readonly firstLogits?: Float32Array
}

export interface LikelihoodOptions {
  /** keep the logits behind every log-probability: (tokens − 1, vocabulary) f32 of memory */
  readonly keepLogits?: boolean
  readonly signal?: AbortSignal
}

/** How well the model foresees a given text. */
export interface Likelihood {
  /** (tokens) of the text */
  readonly ids: Uint32Array
  /** (tokens − 1), nats: of every token but the first, given the document and the text's tokens before it */
  readonly logProbs: Float32Array
  /** (tokens − 1, vocabulary), when asked for with `keepLogits` */
  readonly logits?: Float32Array
}

/** A streamed answer: iterate for pieces of text; `summary` resolves when it has ended. Leaving the loop cancels it. */
export interface Answer extends AsyncIterable<string> {
  readonly summary: Promise<AnswerSummary>
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

/** What this browser keeps of a model. */
export interface StoredModel {
  readonly id: string
  /** `owner/name` or an address, to load it by */
  readonly source: string
  /** of a repository: as it was asked for */
  readonly revision: string | undefined
  /** bytes it takes up */
  readonly bytes: number
  /** files that have not arrived whole; a download goes on when the model is loaded again */
  readonly unfinished: readonly string[]
}

/** Where the retaining heads that a model reads with come from. */
export interface HeadsOrigin {
  readonly from: 'given' | 'folder' | 'known' | 'none'
  /** for people: `retaining heads: ours, for SmolLM2-135M-Instruct`, or why there are none */
  readonly note: string
}

export interface Model {
  readonly description: ModelDescription
  readonly settings: Settings
  readonly heads: HeadsOrigin
  /** how its makers would have tokens drawn; undefined where they do not say */
  readonly suggestedSampling: SuggestedSampling | undefined
  /** e.g. `google swiftshader` */
  readonly adapter: string
  /** reads a document of any length; a document read before is then closed */
  read(document: DocumentSource, options?: ReadOptions): Promise<LongDocument>
  countTokens(text: string): Promise<number>
  memory(): Promise<Memory>
  /** resolves with the reason when the GPU is lost; the model must then be loaded again */
  readonly lost: Promise<string>
  close(): Promise<void>
}

/** How anything is trained, beside the settings of what is trained. */
export interface TrainOptions extends AccessOptions {
  /** JSON lines, or an array, of prompts and answers or of chats; made-up documents with questions where there is none */
  readonly data?: Blob
  /** how the frozen model's weights are stored */
  readonly weights?: Settings['weights']
  /** a checkpoint of the same training, to go on from */
  readonly checkpoint?: Blob
  /** run in this thread on this GPU instead of in a Web Worker on the browser's */
  readonly gpu?: GPU
  readonly onProgress?: (progress: Progress | TrainingProgress) => void
  /** every two minutes, at a pause and at the end, with the steps it holds; keep the latest */
  readonly onCheckpoint?: (checkpoint: Blob, steps: number) => void
  /** the GPU was lost; the training is about to go on from its last checkpoint */
  readonly onLost?: () => void
  /** ends the training without a result */
  readonly signal?: AbortSignal
}

export interface TrainHeadsOptions extends TrainOptions, Partial<TrainingSettings> {}

export interface TrainCompressorOptions extends TrainOptions, Partial<CompressorSettings> {
  /** of policy `locret+lococo`; by default `heads.safetensors` of the model's folder, if it has one */
  readonly heads?: HeadsSource
}

export interface TrainingProgress {
  readonly phase: 'train'
  /** steps */
  readonly done: number
  readonly total: number
  /** (steps so far) */
  readonly losses: readonly number[]
  /**
   * looks at held-out documents: after `step` steps, for each layer, 0…1: of heads the overlap of the top 10 %, of a
   * compressor the share of the attention's output that is lost
   */
  readonly looks: readonly { readonly step: number; readonly byLayer: readonly number[] }[]
  /** absent before the first step */
  readonly secondsLeft?: number
  /** bytes on the GPU now, and as they were stated before the training allocated anything */
  readonly gpuBytes: number
  readonly gpuBytesStated: {
    readonly weights: number
    readonly cache: number
    readonly scratch: number
  }
}

/** A training under way. A lost GPU is asked for again and the training goes on from its last checkpoint. */
export interface Training<Settings> {
  pause(): Promise<void>
  resume(): Promise<void>
  /** ends after the step under way: `finished` resolves with what is learned by then */
  stop(): Promise<void>
  readonly finished: Promise<Trained<Settings>>
}

export type HeadsTraining = Training<TrainingSettings>
export type CompressorTraining = Training<CompressorSettings>

export type TrainedHeads = Trained<TrainingSettings>

export interface Trained<Settings> {
  /** a safetensors file, for `load`'s `heads` or `compressor` */
  readonly file: Blob
  readonly settings: Settings
  /** (steps) */
  readonly losses: readonly number[]
  readonly looks: TrainingProgress['looks']
}
