// What passes between the page's thread and the one that trains.
import type { Progress } from '../api/progress.ts'
import type {
  TrainingProgress,
  CompressorOverrides,
  Schedule,
  TrainingSettings,
} from '../api/training.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { Place } from '../files/place.ts'
import type { TrainedRun } from './run.ts'

/** What is trained, and what was overrides for it. */
export type TrainingTarget =
  { readonly kind: 'heads'; readonly overrides: Partial<TrainingSettings> } | CompressorTarget

export interface CompressorTarget {
  readonly kind: 'compressor'
  readonly overrides: CompressorOverrides
  /** of `locret+lococo` */
  readonly heads: Place | Blob | undefined
}

export interface TrainRequest {
  readonly source: Place
  /** JSON lines; made-up documents where there is none */
  readonly data: Blob | undefined
  readonly target: TrainingTarget
  readonly weights: WeightStorage
  /** to go on from */
  readonly checkpoint: Blob | undefined
}

export interface Trained extends TrainedRun {
  /** those of the target */
  readonly settings: Schedule
}

/** One training in one thread. */
export interface TrainingSession {
  train(
    request: TrainRequest,
    onProgress: (progress: Progress | TrainingProgress) => void,
    onCheckpoint: (checkpoint: Blob, steps: number) => void,
  ): Promise<Trained>
  /** after the step under way; a checkpoint is made */
  pause(): void
  resume(): void
  /** ends the training after the step under way: `train` resolves with what is learned by then */
  stop(): void
  /** ends it at once */
  cancel(): void
  close(): void
}
