// A model: where it comes from, how it is loaded, and what it can be asked.
import type { Diagnostics, KernelChoice } from './diagnostics.ts'
import type { ModelDescription } from './description.ts'
import type { DocumentSource, LongDocument, ReadOptions } from './document.ts'
import type { LongtabError } from './errors.ts'
import type { Memory, Progress } from './progress.ts'
import type { OpenOptions } from './saved.ts'
import type { SettingOverrides, Settings } from './settings.ts'

/**
 * A Hugging Face folder or a .gguf file: the name of a repository (`owner/name`, `owner/name:file.gguf`,
 * `owner/name:Q8_0`), a URL, or the files that the user picked. The last slash of a folder's URL is optional. A URL relative to the page begins with ./ or ends in a
 * slash.
 */
export type ModelSource = string | URL | readonly File[]

/** Retaining heads or a compressor: a file of a repository (`owner/name:file`), the URL of a file, or the file. */
export type HeadsSource = string | URL | Blob

/** How models are reached by name or address, and whether they are kept. */
export interface AccessOptions {
  /** A branch, a tag or a commit of the repository. Default: `main`. */
  readonly revision?: string | undefined
  /** Token for private and gated repositories of the Hub. It stays in memory. `undefined` by default. */
  readonly token?: string | undefined
  /** Address of the Hub. Default: `https://huggingface.co`. */
  readonly hub?: string | undefined
  /** Keeps what is downloaded in this browser, for the next time and without a network. Default: `true`. */
  readonly keep?: boolean | undefined
}

/** Retaining heads that are found by the model they were trained for. */
export interface KnownHeads<File = HeadsSource> {
  /** Name of the model, for people, e.g. `SmolLM2-135M-Instruct`. */
  readonly model: string
  /** Hash of the final norm of the model that the heads were trained for: `final-norm-sha256:…`. */
  readonly fingerprint: string
  /** Shape of that model: layers×hidden×heads×kvHeads×headSize. It is compared before any weight is read. */
  readonly shape: string
  /** Where the heads lie. */
  readonly file: File
  /** `Settings.doubtBelow` as it was measured for the model. Default: none, so that no answer is checked. */
  readonly doubtBelow?: number
}

/**
 * How much the engine says of itself by `console.debug`, each line begun with `longtab:`. 0 says nothing. 1 says the settings,
 * the planned bytes and each kernel that is compiled. 2 says each submit as well. 3 also says the time of every kernel after a
 * reading or an answer, on GPUs that measure it, which slows them down.
 */
export type DebugLevel = 0 | 1 | 2 | 3

/** Variables of a chat template by their names, as `transformers` takes them beside the messages. */
export type TemplateVariables = Readonly<Record<string, string | number | boolean | null>>

/** How a model is loaded; settings that are left out are derived from the model and the files beside it. */
export interface LoadOptions extends SettingOverrides, AccessOptions {
  /** Retaining heads, for policies that need them. Default: `heads.safetensors` of the model's folder, if it has one. */
  readonly heads?: HeadsSource
  /**
   * Heads to look in by the model's fingerprint, where neither `heads` nor the folder names any; `[]` for none. Default: those
   * that come with Longtab.
   */
  readonly knownHeads?: readonly KnownHeads[]
  /**
   * LoCoCo convolutions in safetensors under the official names, for policies `lococo` and `locret+lococo`. Default:
   * `compressor.safetensors` of the model's folder, if it has one.
   */
  readonly compressor?: HeadsSource
  /**
   * The GPU to run on in the calling thread (Node, tests). `undefined` by default: the model runs in a Web Worker on the
   * browser's GPU.
   */
  readonly gpu?: GPU
  /** Variables of the model's chat template, such as `reasoning_effort`; `AskOptions.think` is `enable_thinking`. Default: none. */
  readonly templateVariables?: TemplateVariables
  /**
   * How kernels are chosen that have variants. Default: `measured`, which takes at most some 250 ms of the GPU at the first loading of a
   * shape of model; adapters that compute on the CPU always take `portable`.
   */
  readonly kernels?: KernelChoice
  /** How much the engine says of itself. Default: 0, nothing. */
  readonly debug?: DebugLevel
  /** Is told how far the loading is, at most ten times a second. `undefined` by default. */
  readonly onProgress?: (progress: Progress) => void
  /** Ends the loading with LongtabError `aborted`. `undefined` by default. */
  readonly signal?: AbortSignal
}

/** Where the retaining heads that a model reads with come from. */
export interface HeadsOrigin {
  /** Whether they were given to `load`, lay in the model's folder, were known by its fingerprint, or there are none. */
  readonly from: 'given' | 'folder' | 'known' | 'none'
  /** Where the file of known heads was fetched from; `undefined` for others. */
  readonly address?: string
  /** A line for people: `retaining heads: ours, for SmolLM2-135M-Instruct`, or why there are none. */
  readonly note: string
}

/** How a model's makers would have tokens drawn; the names mean what they mean in `AnswerOptions`. */
export interface SuggestedSampling {
  /** What logits are divided by; 0 takes the likeliest token. */
  readonly temperature: number
  /** Only so many of the likeliest tokens are drawn from; 0 draws from all. */
  readonly topK: number
  /** Only the likeliest tokens whose probabilities add up to this are drawn from, 0…1. */
  readonly topP: number
}

/** A model on the GPU. It holds one document at a time. Calls run one after the other, in the order made. */
export interface Model {
  /** Shapes and constants of the model. */
  readonly description: ModelDescription
  /** The settings that it reads with, all of them resolved. */
  readonly settings: Settings
  /** Where its retaining heads come from. */
  readonly heads: HeadsOrigin
  /** How its makers would have tokens drawn; `undefined` where they do not say. */
  readonly suggestedSampling: SuggestedSampling | undefined
  /** Whether its chat template has the switch that `AskOptions.think` turns. */
  readonly canThink: boolean
  /** Whether its chat template offers tools, and Longtab reads the form in which it writes calls (`AskOptions.tools`). */
  readonly canCallTools: boolean
  /** What of its files could not be used, in sentences for people: a chat template that does not work. */
  readonly notes: readonly string[]
  /** Name of the GPU adapter, e.g. `google swiftshader`. */
  readonly adapter: string
  /**
   * Reads a document of any length. A document that was read before is closed by it.
   * @throws LongtabError `bad-input` for a document that is empty, binary, damaged, or too long for `positions: 'original'`, and for
   * a stream that breaks or changes its encoding. `needs-password` for an encrypted one. `bad-setting` for an encoding that does not exist,
   * `bad-numbers` where the model's numbers become infinite or NaN, `aborted`, `device-lost`, `out-of-memory` (policy `full`,
   * whose cache grows).
   * @example
   * const document = await model.read(file, {
   *   onProgress: ({ done, perSecond }) => console.log(`${done} tokens, ${perSecond} a second`),
   * })
   * console.log(document.tokens)
   */
  read(document: DocumentSource, options?: ReadOptions): Promise<LongDocument>
  /**
   * Opens a document that `LongDocument.save` wrote, in place of reading it. The file is checked whole before anything is touched:
   * where it is refused, the document that was read before stays open. Opening closes that document. A checkpoint of a reading
   * (`ReadOptions.checkpoints`) is opened the same way, and the rest is read.
   * @throws LongtabError `bad-file` for what is no saved document, or one of another version, cut or damaged. `other-model` for one
   * that was read with another model, other heads or another compressor. `bad-setting` for one that was read with other
   * settings than this model's, but for `reread` and `doubtBelow`. `bad-numbers`, `aborted`, `device-lost`, `out-of-memory`.
   * @example
   * const { model: by, settings } = await describeSaved(file)
   * const model = await load(by.source, settings)
   * const document = await model.open(file)
   */
  open(file: Blob, options?: OpenOptions): Promise<LongDocument>
  /**
   * Counts the tokens of a text, with the tokenizer's start token where it has one.
   * @throws Nothing while the model is open.
   */
  countTokens(text: string): Promise<number>
  /**
   * Tells which variants of kernels run on this GPU, and why.
   * @throws Nothing.
   */
  diagnostics(): Diagnostics
  /**
   * Counts the bytes on the GPU now.
   * @throws Nothing while the model is open.
   */
  memory(): Promise<Memory>
  /**
   * Resolves when the GPU is lost (`device-lost`) or the worker ends by itself (`worker-failed`), and never otherwise. The model
   * must then be loaded again.
   */
  readonly lost: Promise<LongtabError>
  /**
   * Ends what is running and frees the GPU's memory. The model and its document cannot be used afterwards.
   * @throws Nothing.
   */
  close(): Promise<void>
  /**
   * Closes the model where a block is left: `await using model = await load(source)`. Browsers without that syntax have `close`.
   * @throws Nothing.
   */
  [Symbol.asyncDispose](): Promise<void>
}

/** What this browser keeps of a model. */
export interface StoredModel {
  /** Names the model to `deleteStored`. */
  readonly id: string
  /** The repository `owner/name` or the address, to load it by. */
  readonly source: string
  /** The revision of the repository as it was asked for; `undefined` for an address. */
  readonly revision: string | undefined
  /** Bytes that it takes up. */
  readonly bytes: number
  /** Files that have not arrived whole; the download goes on when the model is loaded again. */
  readonly unfinished: readonly string[]
}
