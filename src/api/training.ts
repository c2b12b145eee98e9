// Training of retaining heads and of compressors.
import type { AccessOptions, HeadsSource } from './model.ts'
import type { Progress } from './progress.ts'
import type { Settings } from './settings.ts'

export interface Schedule {
  /** documents to train on, one a step */
  readonly steps: number
  /** tokens of a document at most */
  readonly length: number
  /** of AdamW, at its highest */
  readonly rate: number
  /** share of the steps in which the rate rises; it then falls to 0 in a straight line */
  readonly warmUp: number
  /** steps between two looks at documents held out */
  readonly lookEvery: number
  /** documents held out */
  readonly heldOut: number
  readonly seed: number
}

/**
 * What the heads learn to predict of a token, per KV head.
 * `share`: the logarithm of the largest share of attention that an answer's tokens give it. Ours: scores of different
 * queries do not compare, shares do.
 * `answer`: the largest attention score an answer's tokens give it (Locret §3.3).
 * `repeat`: as `share`, while the model repeats the context (KVzip, arXiv 2505.23416): no question needed.
 */
export type LabelKind = (typeof labelKinds)[number]
export const labelKinds = ['share', 'answer', 'repeat'] as const

/** A document longer than `length` loses its middle. */
export interface TrainingSettings extends Schedule {
  /** d_R: width of the heads' hidden layer */
  readonly hidden: number
  readonly label: LabelKind
  /** tokens of a question and its answer at most; an answer loses its end */
  readonly reply: number
  /** questions asked of one document at most */
  readonly questions: number
  /** weight of the squared step between neighbours: a mean inside a layer, summed over layers as the official code does */
  readonly smoothing: number
}

/** How the compressor will be read with: see Settings. */
export type Reading = Pick<
  Settings,
  'policy' | 'budget' | 'chunk' | 'keptShare' | 'burst' | 'positions'
>

export interface CompressorSettings extends Schedule, Reading {
  /** kernel size of the convolution, odd */
  readonly taps: number
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
