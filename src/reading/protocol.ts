// The calls between the page's thread and the engine's. A session in this thread implements the same interface, so Node
// needs no worker.
import type {
  AskOptions,
  AnswerSummary,
  ChosenToken,
  Likelihood,
  LikelihoodOptions,
} from '../api/answer.ts'
import type { Diagnostics, KernelChoice } from '../api/diagnostics.ts'
import type { DebugLevel, HeadsOrigin, SuggestedSampling, TemplateVariables } from '../api/model.ts'
import type { ReadFrom } from '../api/places.ts'
import type { Checkpoints, SaveOptions } from '../api/saved.ts'
import type { Memory, Progress } from '../api/progress.ts'
import type { MergedSlots, Pieces } from '../api/document.ts'
import type { Settings, SettingOverrides } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import type { SurveyCost, SurveyOptions, SurveyPart, SurveySummary } from '../api/survey.ts'
import type { Part } from '../text/thinking.ts'
import type { LocatedHeads } from '../model/find_heads.ts'
import type { ModelLocation } from '../files/location.ts'

/** Identifies an operation, so that the other side can cancel it. */
export type Ticket = number

export interface LoadRequest {
  readonly ticket: Ticket
  readonly source: ModelLocation
  readonly heads: ModelLocation | Blob | undefined
  readonly known: readonly LocatedHeads[]
  readonly compressor: ModelLocation | Blob | undefined
  readonly overrides: SettingOverrides
  readonly templateVariables: TemplateVariables
  readonly debug: DebugLevel
  readonly kernels: KernelChoice
}

export interface Loaded {
  readonly description: ModelDescription
  readonly settings: Settings
  readonly heads: HeadsOrigin
  readonly suggestedSampling: SuggestedSampling | undefined
  /** see Model, so for `notes` */
  readonly canThink: boolean
  readonly canCallTools: boolean
  readonly notes: readonly string[]
  readonly adapter: string
  readonly diagnostics: Diagnostics
}

/** A document's next part, and the share 0…1 of its file that was taken with it, where that is known. */
export interface Pulled {
  readonly part: Uint8Array | string
  readonly share: number | undefined
}

/** The next part; undefined at the end. */
export type Pull = () => Promise<Pulled | undefined>

export interface ReadRequest {
  readonly ticket: Ticket
  readonly form: 'chat' | 'plain'
  readonly skim: boolean
  /** undefined: told from the bytes */
  readonly encoding: string | undefined
  /** see ReadOptions */
  readonly keepText: boolean
  /** undefined: none are made */
  readonly checkpoints: CheckpointRequest | undefined
}

/** How checkpoints are made; the document is a blob of UTF-8 then. */
export interface CheckpointRequest extends Pick<SaveRequest, 'title' | 'source' | 'found'> {
  /** see Checkpoints */
  readonly everyMs: number
}

/** Takes a checkpoint and the tokens that it holds. */
export type KeepCheckpoint = Checkpoints['keep']

export interface ReadResult {
  readonly tokens: number
  /** see LongDocument */
  readonly prefilled: number
  readonly pieces: Pieces
  /** see LongDocument, so for `notes` */
  readonly encoding: string
  readonly notes: readonly string[]
  readonly readMs: number
  readonly gpuBytesOverRead: readonly (readonly [number, number])[]
  /** see LongDocument, so for `savedBytes` */
  readonly hostBytes: number
  readonly savedBytes: number
}

export interface SaveRequest {
  readonly ticket: Ticket
  /** see SaveOptions */
  readonly title: string
  readonly source: string | undefined
  /** what is known of the document outside the session */
  readonly found: Found
}

/** What a document's file is, the encoding and notes of its text among it. */
export type Found = ReadFrom & Pick<ReadResult, 'encoding' | 'notes'>

export type OpenResult = ReadResult & ReadFrom

export interface OpenRequest {
  readonly ticket: Ticket
  /** of a reading that goes on; what is not named is as the file says it */
  readonly checkpoints:
    | (Pick<SaveOptions, 'title' | 'source' | 'from'> & Pick<CheckpointRequest, 'everyMs'>)
    | undefined
}

/** What is told of an answer while it is written: its text, and its tokens where they are asked for. */
export type Told = Part | { readonly kind: 'token'; readonly token: ChosenToken }

export interface AnswerRequest extends Omit<AskOptions, 'signal' | 'onThinking' | 'onToken'> {
  readonly ticket: Ticket
  /** undefined continues a plain document */
  readonly question: string | undefined
}

/** How the answers of a survey come together. */
export type Joining = Pick<SurveyOptions, 'join' | 'maxTokens'>

export interface SurveyRequest extends Joining {
  readonly ticket: Ticket
  readonly question: string
}

export interface LikelihoodRequest extends Omit<LikelihoodOptions, 'signal'> {
  readonly ticket: Ticket
  readonly text: string
}

/** One model in one thread. Operations run one after the other, in call order. */
export interface Session {
  load(request: LoadRequest, onProgress: (progress: Progress) => void): Promise<Loaded>
  /** reads a blob, or the parts that `pull` returns */
  read(
    request: ReadRequest,
    document: Blob | Pull,
    onProgress: (progress: Progress) => void,
    keep: KeepCheckpoint,
  ): Promise<ReadResult>
  /** a saved document, in place of reading it; a file that is refused leaves what was read before */
  open(
    request: OpenRequest,
    file: Blob,
    onProgress: (progress: Progress) => void,
    keep: KeepCheckpoint,
  ): Promise<OpenResult>
  save(request: SaveRequest, onProgress: (progress: Progress) => void): Promise<Blob>
  text(): Promise<Blob>
  answer(request: AnswerRequest, onPart: (part: Told) => void): Promise<AnswerSummary>
  /** @param onText told of lines as they are found, or of the joined answer */
  survey(
    request: SurveyRequest,
    onPart: (part: SurveyPart) => void,
    onText: (text: string) => void,
  ): Promise<SurveySummary>
  surveyCost(options: Joining): Promise<SurveyCost>
  likelihood(request: LikelihoodRequest): Promise<Likelihood>
  retained(): Promise<Float32Array>
  retainedIndices(): Promise<Uint32Array[][]>
  merged(): Promise<MergedSlots[]>
  countTokens(text: string): Promise<number>
  memory(): Promise<Memory>
  /** resolves with the reason when the GPU is lost; otherwise never */
  lost(): Promise<string>
  cancel(ticket: Ticket): void
  /** ends what is under way, and resolves when it has ended */
  close(): Promise<void>
}
