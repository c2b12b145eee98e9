// A model: where it comes from, how it is loaded, and what it can be asked.
import type { ModelDescription } from './description.ts'
import type { DocumentSource, LongDocument, ReadOptions } from './document.ts'
import type { Memory, Progress } from './progress.ts'
import type { Settings } from './settings.ts'

/**
 * A Hugging Face folder or a .gguf file: the name of a repository (`owner/name`, `owner/name:file.gguf`), a URL (a folder's
 * last slash is optional; one relative to the page begins with ./ or ends in a slash), or the files that the user picked.
 */
export type ModelSource = string | URL | readonly File[]

/** Retaining heads: a file of a repository (`owner/name:file`), the URL of a file, or the file. */
export type HeadsSource = string | URL | Blob

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

export interface KnownHeads<File = HeadsSource> {
  /** for people, e.g. `SmolLM2-135M-Instruct` */
  readonly model: string
  /** of the model the heads were trained for: `final-norm-sha256:…` */
  readonly fingerprint: string
  /** of that model, as `shapeOf` writes it: known before anything of the weights is read */
  readonly shape: string
  readonly file: File
}

/**
 * What the engine says of itself by `console.debug`, each line begun with `longtab:`. 0 nothing (default); 1 the settings, the
 * bytes that are planned and each kernel that is compiled; 2 each submit as well; 3 and, after a reading or an answer, the time
 * of every kernel on GPUs that measure it, which slows them down
 */
export type DebugLevel = 0 | 1 | 2 | 3

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
  readonly debug?: DebugLevel
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

/** Where the retaining heads that a model reads with come from. */
export interface HeadsOrigin {
  readonly from: 'given' | 'folder' | 'known' | 'none'
  /** for people: `retaining heads: ours, for SmolLM2-135M-Instruct`, or why there are none */
  readonly note: string
}

/** What `AnswerOptions` says of the same names. */
export interface SuggestedSampling {
  readonly temperature: number
  readonly topK: number
  readonly topP: number
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
