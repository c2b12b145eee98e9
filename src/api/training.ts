// Training of retaining heads and of compressors.
import type { AccessOptions, HeadsSource } from './model.ts'
import type { Memory, Progress } from './progress.ts'
import type { PolicyName } from './policies.ts'
import type { Chosen, PolicySettings, Settings, WeightStorage } from './settings.ts'

/** How long, how fast and on how much text anything is trained. */
export interface Schedule {
  /** Documents to train on, one a step, at least 1. Default: 400 for heads, 200 for a compressor. */
  readonly steps: number
  /**
   * Tokens of a document at most, at least 1. Default for heads: 2048, or what the model's positions leave beside the reply.
   * Default for a compressor: 2048, or a chunk more than it takes until merged slots are looked at, within the model's
   * positions.
   */
  readonly length: number
  /** Learning rate of AdamW at its highest, between 0 and 1. Default: 0.002. */
  readonly rate: number
  /**
   * Share 0…1 of the steps in which the rate rises; it then falls to 0 in a straight line. Default: 0.1 for heads, 0.05 for a
   * compressor.
   */
  readonly warmUp: number
  /** Steps between two looks at documents held out, at least 1. Default: 25 for heads, 20 for a compressor. */
  readonly lookEvery: number
  /** Documents held out; at most a fifth of those in `TrainOptions.data`. Default: 4. */
  readonly heldOut: number
  /** Seed that decides which documents are held out and the order of the others. Default: 0. */
  readonly seed: number
}

/**
 * What the heads learn to predict of a token, per KV head. `share` is the logarithm of the largest share of attention that an
 * answer's tokens give it: scores of different queries do not compare, shares do. `answer` is the largest attention score that
 * an answer's tokens give it (Locret, section 3.3). `repeat` is as `share`, while the model repeats the context: no question
 * is needed (KVzip, arXiv 2505.23416).
 */
export type LabelKind = (typeof labelKinds)[number]

/** Names of all labels. */
export const labelKinds = ['share', 'answer', 'repeat'] as const

/** How retaining heads are trained. A document longer than `length` loses its middle. */
export interface TrainingSettings extends Schedule {
  /** Width d_R of the heads' hidden layer, at least 1. Default: 256. */
  readonly hidden: number
  /** What the heads learn to predict. Default: `share`. */
  readonly label: LabelKind
  /**
   * Tokens of a question and its answer at most, at least 1; an answer loses its end. Default: 256, or a quarter of the
   * model's positions where that is less.
   */
  readonly reply: number
  /** Questions asked of one document at most, at least 1. Default: 4. */
  readonly questions: number
  /**
   * Weight of the squared step between neighbours, at least 0: a mean inside a layer, summed over layers as the official code
   * does. Default: 0.0025.
   */
  readonly smoothing: number
}

/** The settings that a compressor will be read with. */
export interface Reading extends Pick<Settings, 'budget' | 'burst' | 'chunk' | 'positions'> {
  /** A policy that merges, and the share of the budget that it keeps unmerged. Default: `lococo`, and the policy's share. */
  readonly policy: Required<Pick<PolicySettings, 'name' | 'keptShare'>>
}

/** How a compressor is trained. It is fitted to the settings of `Reading`. */
export interface CompressorSettings extends Schedule, Reading {
  /** Kernel size of the convolution, odd. Default: 21. */
  readonly taps: number
}

/** What was chosen of how a compressor is trained. */
export interface CompressorOverrides extends Partial<Omit<CompressorSettings, 'policy'>> {
  /** The policy's name, or what was chosen of `Reading.policy`. `undefined` by default. */
  readonly policy?: PolicyName | Chosen<Reading['policy']> | undefined
}

/** How anything is trained, beside the settings of what is trained. */
export interface TrainOptions extends AccessOptions {
  /**
   * Training texts: JSON lines, or an array, of prompts and answers or of chats. `undefined` by default: documents are made
   * up, with questions about them.
   */
  readonly data?: Blob
  /** How the frozen model's weights are stored. Default: `f16`. */
  readonly weights?: WeightStorage
  /** A checkpoint of the same training, to go on from. `undefined` by default. */
  readonly checkpoint?: Blob
  /** The GPU to run on in the calling thread. `undefined` by default: a Web Worker trains on the browser's GPU. */
  readonly gpu?: GPU
  /** Is told how far loading and training are. `undefined` by default. */
  readonly onProgress?: (progress: Progress | TrainingProgress) => void
  /**
   * Is given a checkpoint and the steps it holds: every two minutes, at a pause and at the end. The latest replaces those
   * before. `undefined` by default.
   */
  readonly onCheckpoint?: (checkpoint: Blob, steps: number) => void
  /** Is told that the GPU was lost, before the training goes on from its last checkpoint. `undefined` by default. */
  readonly onLost?: () => void
  /** Ends the training without a result: `finished` rejects with LongtabError `aborted`. `undefined` by default. */
  readonly signal?: AbortSignal
}

/** How retaining heads are trained, and on what; settings that are left out have the defaults of `TrainingSettings`. */
export interface TrainHeadsOptions extends TrainOptions, Partial<TrainingSettings> {}

/** How a compressor is trained, and on what; settings that are left out have the defaults of `CompressorSettings`. */
export interface TrainCompressorOptions extends TrainOptions, CompressorOverrides {
  /** Retaining heads, for policy `locret+lococo`. Default: `heads.safetensors` of the model's folder, if it has one. */
  readonly heads?: HeadsSource
}

/** How far a training is. */
export interface TrainingProgress {
  /** The phase is `train` always. */
  readonly phase: 'train'
  /** Steps done. */
  readonly done: number
  /** Steps in all. */
  readonly total: number
  /** Loss of every step so far. Shape: (steps). */
  readonly losses: readonly number[]
  /** Looks at the documents held out so far. Shape: (looks). */
  readonly looks: readonly {
    /** Steps done before the look. */
    readonly step: number
    /**
     * What each layer reaches, 0…1: of heads the overlap of the top 10 %, of a compressor the share of the attention's output
     * that is lost. Shape: (layers).
     */
    readonly byLayer: readonly number[]
  }[]
  /** Seconds to go. `undefined` before the first step. */
  readonly secondsLeft?: number
  /** Bytes on the GPU now. */
  readonly gpuBytes: number
  /** Bytes on the GPU as they were stated before the training allocated anything. */
  readonly gpuBytesStated: Omit<Memory, 'peak'>
}

/**
 * A training under way. When the GPU is lost, another is asked for and the training goes on from its last checkpoint; after
 * three losses without a checkpoint between them it gives up.
 */
export interface Training<Settings> {
  /**
   * Pauses after the step under way; a checkpoint is made.
   * @throws Nothing.
   */
  pause(): Promise<void>
  /**
   * Goes on after a pause.
   * @throws Nothing.
   */
  resume(): Promise<void>
  /**
   * Ends after the step under way; `finished` resolves with what is learned by then.
   * @throws Nothing.
   */
  stop(): Promise<void>
  /** Resolves with what was learned. It rejects with what `trainHeads` and `trainCompressor` say. */
  readonly finished: Promise<Trained<Settings>>
}

/** A training of retaining heads. */
export type HeadsTraining = Training<TrainingSettings>

/** A training of a compressor. */
export type CompressorTraining = Training<CompressorSettings>

/** Retaining heads that were trained. */
export type TrainedHeads = Trained<TrainingSettings>

/** What a training made. */
export interface Trained<Settings> {
  /** A safetensors file, for the option `heads` or `compressor` of `load`. */
  readonly file: Blob
  /** The settings that it was trained with, all of them resolved. */
  readonly settings: Settings
  /** Loss of every step. Shape: (steps). */
  readonly losses: readonly number[]
  /** Looks at the documents held out. Shape: (looks). */
  readonly looks: TrainingProgress['looks']
}
